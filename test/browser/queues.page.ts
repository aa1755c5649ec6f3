import { GroupcallQueues } from '@groupcall/groupcall';
import { parseTimestamp } from '@groupcall/shared';
import type { Browser, Page } from 'playwright-core';
import { ADMIN_PASSWORD, startApi, type ApiServer } from '../e2e/support/api-server.js';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { logIn } from './support/admin.js';
import {
  keepScreenshot,
  launchBrowser,
  openPage,
  tellArtefacts,
  type BrowserPage,
} from './support/browser.js';

/** ms: longer than it takes to find the alarm and to promote it, also on a busy machine. */
const RING_TIME = 12_000;

const ALARMS = '/admin/queues/queue/groupcall-alarms';

/** How the dashboard shows a job that is none of ours. */
const NO_ALARM = 'Not an alarm';

/** What the buttons of a job are called. */
const ACTIONS = /^(Promote|Retry|Clean|Duplicate|Reschedule|Update Data|Change priority)$/;

/** Does to the first job that is called so what the button of this name does, and sees that it was done. */
async function act(page: Page, job: string, action: 'Promote' | 'Retry' | 'Clean'): Promise<void> {
  const actions = page.locator('[class*="jobActions"]');
  const card = page.locator('div').filter({ hasText: job }).filter({ has: actions }).last();
  // The buttons of a job are pictures that say what they do when pointed at.
  const buttons = card.locator(actions).first().getByRole('button');
  await buttons.first().waitFor();
  for (const button of await buttons.all()) {
    await button.hover();
    const told = page.getByText(ACTIONS).last();
    await told.waitFor();
    if ((await told.innerText()) !== action) {
      await page.mouse.move(0, 0);
      await told.waitFor({ state: 'hidden' });
      continue;
    }
    const answered = page.waitForResponse((answer) => /\/(promote|retry\b.*|clean)$/.test(answer.url()));
    await button.click();
    await page.getByRole('button', { name: 'Confirm' }).click();
    expect([action, (await answered).status()]).toEqual([action, 204]);
    return;
  }
  throw new Error(`There is no button "${action}".`);
}

/** What an operator sees of the queues and can do to them, on one of their two backends. */
export function describeQueuesPage(
  name: string,
  shots: string,
  backend: () => Promise<{ env: object; close: () => Promise<void> }>,
) {
  describe(name, () => {
    let server: ApiServer;
    let api: ApiClient;
    let browser: Browser;
    /** Logged in, and with the dashboard in its cache. */
    let page: BrowserPage;
    let stopBackend: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      const { env, close } = await backend();
      stopBackend = close;
      [server, browser] = await Promise.all([startApi({ ...env }), launchBrowser()]);
      api = new ApiClient(server.url, await server.token());
      page = await logIn(browser, server.url, ALARMS);
      await page.getByText('groupcall-alarms').first().waitFor();
    }, 120_000);
    afterAll(async () => {
      await browser?.close();
      await server?.close();
      await stopBackend?.();
      tellArtefacts();
    }, 60_000);

    /** One after the other: who does not answer, and who rings on. */
    const linearRing = () =>
      api.create({
        ring_method: 'linear',
        dial_timeout: RING_TIME,
        destinations: [phone('noanswer'), phone('ring')],
      });

    /** The first phone rings for its whole time and no less, then the second one. */
    async function expectRingGoesOn(id: string): Promise<void> {
      // On a slow machine the second phone, too, may have rung out when we look.
      const second = await api.leg(id, 1, ({ tm_ringing }) => !tm_ringing.startsWith('9999'), 60_000);
      const [first] = await api.legs(id);
      expect(first.hangup_reason).toBe('dialout');
      expect(parseTimestamp(second.tm_create)! - parseTimestamp(first.tm_dial)!).toBeGreaterThanOrEqual(
        RING_TIME,
      );
    }

    it('asks for the login, refuses a wrong password, and leads to the queues with the right one', async () => {
      const stranger = await openPage(browser);
      await stranger.goto(`${server.url}/admin/queues`);
      expect(await stranger.title()).toContain('Log in');
      await stranger.getByLabel('Password').fill('a wrong one');
      await stranger.getByRole('button', { name: 'Log in' }).click();
      await stranger.getByRole('alert').filter({ hasText: 'User or password is wrong.' }).waitFor();
      await keepScreenshot(stranger, `${shots}-wrong-password`);
      expect((await stranger.context().cookies()).length).toBe(0);

      await stranger.getByLabel('Password').fill(ADMIN_PASSWORD);
      await stranger.getByRole('button', { name: 'Log in' }).click();
      await stranger.getByText('groupcall-alarms').first().waitFor();
      expect(new URL(stranger.url()).pathname).toBe('/admin/queues');
      const [cookie] = await stranger.context().cookies();
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/admin', secure: false });
      await stranger.context().close();
    }, 120_000);

    it('shows a delayed alarm; promoted too early it changes nothing, and the linear ring goes on', async () => {
      const { id } = await linearRing();
      await page.goto(`${server.url}${ALARMS}?status=delayed`);
      // One from the moment of planning, and another when the ring time began in a later span of the queue's.
      const alarm = `Ring deadline of groupcall …${id.slice(-8)}`;
      await page.getByText(alarm).first().waitFor();
      await keepScreenshot(page, `${shots}-delayed-alarm`);

      await act(page, alarm, 'Promote');
      // The tree looks at its own deadline and sets its alarm again: nothing else has changed.
      await keepScreenshot(page, `${shots}-promoted`);

      await expectRingGoesOn(id);

      // The console tells the same story. (The dashboard would like a font from elsewhere, and does not get it.)
      page.complaints.length = 0;
      await page.goto(`${server.url}/admin/groupcalls#/groupcalls/${id}`);
      await page.getByText('Rang out: nobody answered within 12 s.').first().waitFor();
      await keepScreenshot(page, `${shots}-linear-ring-goes-on`);
      expect(page.complaints).toEqual([]);
    }, 180_000);

    it('retries and cleans a job that failed, cleans an alarm, and no groupcall is broken by it', async () => {
      const ringing = await api.create({ dial_timeout: 120_000, destinations: [phone('ring')] });
      const { alarms } = server.app.get(GroupcallQueues);
      const stranger = await alarms.add('invoice', { rootId: ringing.id });
      const failedAt = async () => (await alarms.getJob(stranger.id!))?.finishedOn ?? 0;
      const first = await eventually(async () => {
        expect(await failedAt()).toBeGreaterThan(0);
        return failedAt();
      });
      await page.goto(`${server.url}${ALARMS}?status=failed`);
      await page.getByText(NO_ALARM).first().waitFor();
      await act(page, NO_ALARM, 'Retry');
      // What is no alarm fails again.
      await eventually(async () => expect(await failedAt()).toBeGreaterThan(first));
      await page.getByText(NO_ALARM).first().waitFor();
      await keepScreenshot(page, `${shots}-retried`);
      await act(page, NO_ALARM, 'Clean');
      await page.getByText(NO_ALARM).first().waitFor({ state: 'hidden' });

      // Only now, so that its alarm is still there when it is its turn.
      const { id } = await linearRing();
      await page.goto(`${server.url}${ALARMS}?status=delayed`);
      const alarm = `Ring deadline of groupcall …${id.slice(-8)}`;
      await page.getByText(alarm).first().waitFor();
      await act(page, alarm, 'Clean');
      await keepScreenshot(page, `${shots}-cleaned`);

      await expectRingGoesOn(id);
      expect((await api.groupcall(ringing.id)).status).toBe('progressing');
    }, 180_000);
  });
}
