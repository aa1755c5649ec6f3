import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { startApi, type ApiServer } from '../e2e/support/api-server.js';
import { ApiClient, phone } from '../support/api-client.js';
import { logIn } from './support/admin.js';
import { launchBrowser, openPage, type BrowserPage } from './support/browser.js';

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: { html: string; failureSummary: string }[];
}

const AXE = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');
/** Colours are judged as they are in the end, not while they fade in. */
const AT_REST = { reducedMotion: 'reduce' } as const;

/** What axe-core calls serious or critical, by WCAG 2.2 A and AA and its best practices. */
async function seriousViolations(page: Page): Promise<string[]> {
  // By way of the debugger: the page's content policy lets no other script in.
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate<{ violations: Violation[]; passes: unknown[] }>(
    'axe.run()',
  );
  expect(passes.length).toBeGreaterThan(10);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`));
}

describe.each(['light', 'dark'] as const)(
  'In %s, without anything serious for axe-core, is',
  (colorScheme) => {
    let server: ApiServer;
    let browser: Browser;
    let root: string;
    /** Logged in, and with the console in its cache. */
    let page: BrowserPage;
    const look = { colorScheme, ...AT_REST };

    beforeAll(async () => {
      [server, browser] = await Promise.all([startApi(), launchBrowser()]);
      const api = new ApiClient(server.url, await server.token());
      ({ id: root } = await api.create({
        destinations: [phone('answer-after-100ms'), phone('ring'), phone('busy')],
      }));
      await api.leg(root, 0, ({ status }) => status === 'progressing', 60_000);
      await api.create({ ring_method: 'linear', destinations: [phone('ring'), phone('ring')] });
      page = await logIn(browser, server.url, '/admin/groupcalls', look);
      await page.locator('.row').first().waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    }, 60_000);

    it('the login, also after a wrong password', async () => {
      const outside = await openPage(browser, look);
      await outside.goto(`${server.url}/admin/groupcalls`);
      expect(await seriousViolations(outside)).toEqual([]);
      await outside.getByLabel('Password').fill('a wrong one');
      await outside.getByRole('button', { name: 'Log in' }).click();
      await outside.getByRole('alert').waitFor();
      expect(await seriousViolations(outside)).toEqual([]);
      await outside.context().close();
    }, 120_000);

    it('the list', async () => {
      await page.goto(`${server.url}/admin/groupcalls`);
      await page.locator('.connection.live').waitFor();
      await page.locator('.row').nth(1).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
    }, 120_000);

    it('a groupcall, on a screen and on a phone', async () => {
      for (const viewport of [
        { width: 1280, height: 900 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport);
        await page.goto(`${server.url}/admin/groupcalls#/groupcalls/${root}`);
        await page.reload();
        await page.locator('.destination').nth(2).waitFor();
        expect(await seriousViolations(page)).toEqual([]);
      }
    }, 120_000);
  },
);
