import type { Browser } from 'playwright-core';
import { createApp, resolveSettings, AccessTokens, type RunningApp } from '../../apps/api/src/index.js';
import { ADMIN_PASSWORD, CUSTOMER } from '../e2e/support/api-server.js';
import { ApiClient, phone } from '../support/api-client.js';
import { createTestDatabase, type TestDatabase } from '../support/postgres.js';
import { logIn } from './support/admin.js';
import { keepScreenshot, launchBrowser, tellArtefacts } from './support/browser.js';

const LONG = 180_000;

describe('The console when something is missing', () => {
  let database: TestDatabase;
  let running: RunningApp;
  let browser: Browser;
  const settings = (port: string) =>
    resolveSettings({
      NODE_ENV: 'test',
      PORT: port,
      DATABASE_URL: database.url,
      JWT_SECRET: 'a secret that is known to this test only',
      ADMIN_PASSWORD,
    });
  const start = (port = '0') => createApp(settings(port), { logger: false });
  beforeAll(async () => {
    database = await createTestDatabase();
    [running, browser] = await Promise.all([start(), launchBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await running?.close();
    await database?.drop();
    tellArtefacts();
  }, 60_000);

  it(
    'says that the server is away, and is live again after its restart',
    async () => {
      const tokens = new AccessTokens(settings('0').tokens);
      const token = await tokens.issue({ role: 'customer_admin', customerId: CUSTOMER }, '1h');
      const api = new ApiClient(running.url, token);
      await api.create({ destinations: [{ ...phone('ring'), name: 'Before' }] });
      const page = await logIn(browser, running.url);
      await page.locator('.row', { hasText: 'Before' }).waitFor();
      await page.locator('.connection.live').waitFor();

      await running.close();
      await page.getByText('The server does not answer. What you see may be old').waitFor();
      await page.locator('.row', { hasText: 'Before' }).waitFor();
      await keepScreenshot(page, 'console-reconnecting', false);

      running = await start(new URL(running.url).port);
      await page.locator('.connection.live').waitFor({ timeout: 60_000 });
      await api.create({ destinations: [{ ...phone('ring'), name: 'After' }] });
      await page.locator('.row', { hasText: 'After' }).waitFor();
      expect(page.complaints).toEqual([]);
      await page.context().close();
    },
    LONG,
  );

  it(
    'shows what went wrong when it cannot load, and that the session is over when it is',
    async () => {
      const page = await logIn(browser, running.url);
      await page.getByRole('heading', { name: 'Groupcalls' }).waitFor();
      await page.route('**/admin/api/groupcalls*', (route) =>
        route.fulfill({
          status: 503,
          json: { error: { message: 'A part of the service does not answer. Try again.' } },
        }),
      );
      await page.reload();
      await page.getByRole('heading', { name: 'The list could not be loaded' }).waitFor();
      await page.getByText('A part of the service does not answer. Try again.').waitFor();
      await keepScreenshot(page, 'console-error', false);
      await page.unroute('**/admin/api/groupcalls*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.row').first().waitFor();

      await page.context().clearCookies();
      await page.getByLabel('State').selectOption('live');
      await page.getByText('Your session is over.').waitFor();
      await page.getByRole('link', { name: 'Log in again' }).click();
      await page.getByLabel('Password').fill(ADMIN_PASSWORD);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.locator('.row').first().waitFor();
      expect(page.url()).toContain('#/groupcalls?phase=live');
      await page.context().close();
    },
    LONG,
  );
});
