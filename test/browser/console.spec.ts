import type { Browser } from 'playwright-core';
import { startApi, type ApiServer } from '../e2e/support/api-server.js';
import { ApiClient, phone } from '../support/api-client.js';
import { eventually } from '../support/eventually.js';
import { logIn } from './support/admin.js';
import { keepScreenshot, launchBrowser, tellArtefacts, type BrowserPage } from './support/browser.js';

/** Runs in the page: asks for older ones until there are enough. */
const SHOW_A_THOUSAND = `{
  const timer = setInterval(() => {
    if (document.querySelectorAll('.row').length >= 1000) clearInterval(timer);
    else document.querySelector('.more button:enabled')?.click();
  }, 20);
}`;

/** Runs in the page. */
const COUNT_ROWS_DRAWN = `
  window.drawn = { added: 0, removed: 0 };
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      drawn.added += addedNodes.length;
      drawn.removed += removedNodes.length;
    }
  }).observe(document.querySelector('.rows'), { childList: true });
`;

/** A test in a browser on a busy machine may take this long, ms. */
const LONG = 180_000;

describe('The console in a browser', () => {
  let server: ApiServer;
  let api: ApiClient;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startApi({ LIMIT_GROUPCALLS_PER_SECOND: '0' }), launchBrowser()]);
    api = new ApiClient(server.url, await server.token());
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    tellArtefacts();
  }, 60_000);

  const open = (path = '/admin/groupcalls', options = {}) => logIn(browser, server.url, path, options);
  const destination = (page: BrowserPage, name: string) => page.locator('.destination', { hasText: name });
  /** Nothing was complained about, neither by the page nor by its content policy. */
  const done = async (page: BrowserPage) => {
    expect(page.complaints).toEqual([]);
    await page.context().close();
  };

  it(
    'begins empty, starts a sample by keyboard, and lets phones be played by hand until the end',
    async () => {
      const page = await open();
      await page.getByRole('heading', { name: 'No groupcall yet' }).waitFor();
      await page.locator('.connection.live').waitFor();
      await keepScreenshot(page, 'console-empty');

      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page
        .getByRole('button', { name: /Play it by hand/ })
        .first()
        .press('Enter');

      await page.getByRole('heading', { name: 'Red phone, Green phone, Blue phone' }).waitFor();
      await page.getByRole('button', { name: 'Reject at Green phone' }).click();
      await destination(page, 'Green phone')
        .getByText(/^Rejected the call/)
        .waitFor();
      await page.getByRole('button', { name: 'Answer Red phone' }).click();
      await destination(page, 'Red phone')
        .getByText(/^Answered after .* and won. Talking.$/)
        .waitFor();
      await destination(page, 'Blue phone')
        .getByText(/^Hung up after ringing .*: Red phone had answered.$/)
        .waitFor();
      await keepScreenshot(page, 'console-talking-light');

      await page.getByRole('button', { name: 'Hang up the phone of Red phone' }).click();
      await destination(page, 'Red phone')
        .getByText(/ended by the far end.$/)
        .waitFor();
      await page.locator('.lead').getByText('Answered', { exact: true }).waitFor();
      await page.getByText('Nothing is pending: everything that was decided has been carried out.').waitFor();
      const bar = await destination(page, 'Red phone').getByRole('img').first().getAttribute('aria-label');
      expect(bar).toMatch(/^Normal end: from .* rang for .*, talked for .*, answered at \+/);
      expect(await page.getByRole('button', { name: 'Hang up', exact: true }).isDisabled()).toBe(true);
      await done(page);
    },
    LONG,
  );

  it(
    'shows a tree of groups with the reason why each destination was or was not rung, in the dark too',
    async () => {
      const { id } = await api.create({
        ring_method: 'linear',
        destinations: [
          { type: 'groupcall', target_name: 'Sales', destinations: [phone('busy'), phone('reject')] },
          { type: 'extension', target_name: '404' },
          { type: 'groupcall', target_name: 'Support', destinations: [phone('ring'), phone('ring')] },
          phone('noanswer'),
        ],
      });
      const page = await open(`/admin/groupcalls#/groupcalls/${id}`, { colorScheme: 'dark' });
      await page.getByText('Not rung: the directory does not know extension 404.').waitFor();
      await page.getByText('Waits: its turn comes when number 3 has ended.').waitFor();
      await page.getByText('Nobody answered: busy.').waitFor();
      const answer = page.getByRole('button', { name: /^Answer / }).first();
      await answer.waitFor();
      await keepScreenshot(page, 'console-nested-dark');
      await answer.click();
      await page.getByText('Passed over: the call had been answered before its turn came.').waitFor();
      await page.getByText(/^Won: /).waitFor();
      await page.getByText('Winner', { exact: true }).waitFor();

      // Asks before it ends a call, and Escape is a no.
      await page.getByRole('button', { name: 'Hang up', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await keepScreenshot(page, 'console-confirm-dark', false);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      expect((await api.groupcall(id)).status).toBe('progressing');
      await page.getByRole('button', { name: 'Hang up', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click();
      await api.ended(id);
      await page.getByRole('button', { name: 'Hang up', exact: true, disabled: true }).waitFor();
      await done(page);
    },
    LONG,
  );

  it(
    'lists what happens as it happens, narrows it down, and goes back',
    async () => {
      const page = await open('/admin/groupcalls', { permissions: ['clipboard-read', 'clipboard-write'] });
      await page.locator('.connection.live').waitFor();
      const { id } = await api.create({
        source: { type: 'tel', target: '+15550100', name: 'A caller' },
        destinations: [{ ...phone('ring'), name: 'Fresh' }],
      });
      const row = page.locator('.row', { hasText: 'Fresh' });
      await row.getByText('Ringing').waitFor();
      const [leg] = await api.legs(id);
      await eventually(async () => expect((await api.play(leg.id, 'answer')).status).toBe(202));
      await row.getByText('Talking', { exact: true }).waitFor();
      await keepScreenshot(page, 'console-list-light');

      await row.getByRole('button', { name: /, the id of groupcall Fresh$/ }).click();
      await row.getByText('copied').waitFor();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);

      await page.getByLabel('State').selectOption('ended');
      await row.waitFor({ state: 'detached' });
      expect(page.url()).toContain('#/groupcalls?phase=ended');
      await page.getByRole('searchbox', { name: 'Customer' }).fill('not an id');
      await page.getByRole('searchbox', { name: 'Customer' }).press('Enter');
      await page.getByText('This is no id').waitFor();
      await page.getByRole('searchbox', { name: 'Customer' }).fill('01900000-0000-7000-8000-0000000000ff');
      await page.getByRole('searchbox', { name: 'Customer' }).press('Enter');
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
      await keepScreenshot(page, 'console-nothing-matches');
      await page.goBack();
      await page.goBack();
      await row.waitFor();

      await row.getByRole('link', { name: 'Fresh' }).click();
      await page.getByRole('heading', { name: 'Fresh', level: 1 }).waitFor();
      const [json] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('link', { name: 'JSON' }).click(),
      ]);
      await json.waitForLoadState();
      expect(JSON.parse(await json.innerText('body'))).toMatchObject({ root_id: id });
      await page.goBack();
      await row.waitFor();

      await page.getByRole('searchbox', { name: 'Open' }).fill(leg.id);
      await page.getByRole('searchbox', { name: 'Open' }).press('Enter');
      await page.getByRole('heading', { name: 'Fresh', level: 1 }).waitFor();
      await page.goto(`${server.url}/admin/groupcalls#/groupcalls/01900000-0000-7000-8000-0000000000ff`);
      await page.getByRole('heading', { name: 'There is no such groupcall' }).waitFor();
      await done(page);
    },
    LONG,
  );

  it(
    'fits a phone of 320 pixels',
    async () => {
      const { id } = await api.create({
        source: { type: 'sip', target: `${'very-long-user-part'.repeat(5)}@example.com` },
        destinations: [
          phone('ring'),
          {
            type: 'groupcall',
            target_name: 'A team with a remarkably long name',
            destinations: [phone('ring')],
          },
          { type: 'extension', target_name: 'unpronounceable'.repeat(8) },
        ],
      });
      const phoneScreen = { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2, hasTouch: true };
      const page = await open('/admin/groupcalls', phoneScreen);
      const overflow = () => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      await page.locator('.row').first().waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await keepScreenshot(page, 'console-list-phone', false);
      await page.getByRole('button', { name: 'Filters' }).tap();
      await page.getByLabel('State').waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await page.goto(`${server.url}/admin/groupcalls#/groupcalls/${id}`);
      await page.getByText('Not rung: the directory does not know').waitFor();
      await page
        .getByRole('button', { name: /^Answer / })
        .first()
        .waitFor();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await keepScreenshot(page, 'console-tree-phone');
      await done(page);
    },
    LONG,
  );

  it(
    'shows what users wrote as text, whatever it is, and no script can get in',
    async () => {
      const evil = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
      const { id } = await api.create({
        source: { type: 'tel', target: '+15550100', name: evil },
        destinations: [
          { ...phone('ring'), name: evil, detail: '{{7*7}}' },
          { type: 'groupcall', target_name: `"><svg onload=alert(1)>`, destinations: [phone('ring')] },
        ],
      });
      const page = await open();
      await page.locator('.row', { hasText: '<img src=x' }).waitFor();
      await page.goto(`${server.url}/admin/groupcalls#/groupcalls/${id}`);
      await page.locator('.name-text', { hasText: '<img src=x' }).waitFor();
      expect(await page.locator('main img[src], main script, main svg[onload]').count()).toBe(0);
      expect(await page.title()).not.toBe('owned');
      expect(page.complaints).toEqual([]);

      // Even a mistake of ours would not let it in.
      const refused = await page.evaluate(`(() => {
        try {
          document.body.innerHTML += ${JSON.stringify(evil).replaceAll('<', '\\u003c')};
          return 'it was let in';
        } catch (error) {
          return error.name;
        }
      })()`);
      expect(refused).toBe('TypeError');
      await page.context().close();
    },
    LONG,
  );

  it(
    'stays smooth with a thousand groupcalls: a change draws its own row and nothing else',
    async () => {
      const { id } = await api.create({ destinations: [{ ...phone('busy'), name: 'One of many' }] });
      await api.ended(id);
      for (const [table, key] of [
        ['groupcall_tree', 'root_id'],
        ['groupcall_spec', 'id'],
      ]) {
        await server.query(`
          INSERT INTO ${table} SELECT (jsonb_populate_record(one, jsonb_build_object('root_id', new, '${key}', new))).*
          FROM ${table} one, generate_series(1, 1000) n,
            LATERAL (SELECT '01a00000-0000-7000-8000-' || lpad(to_hex(n), 12, '0') AS new) ids
          WHERE one.${key} = '${id}'`);
      }
      const page = await open();
      await page.locator('.row').first().waitFor();
      await page.evaluate(SHOW_A_THOUSAND);
      await eventually(async () => expect(await page.locator('.row').count()).toBeGreaterThanOrEqual(1_000), {
        timeout: 120_000,
        interval: 200,
      });
      await page.evaluate(COUNT_ROWS_DRAWN);
      const session = await page.context().newCDPSession(page);
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      const scripting = async () => {
        const { metrics } = await session.send('Performance.getMetrics');
        return metrics.find(({ name }) => name === 'ScriptDuration')!.value;
      };
      const before = await scripting();
      const CHANGES = 10;
      for (let i = 0; i < CHANGES; i += 1) {
        await api.create({ destinations: [{ ...phone('ring'), name: `Newcomer ${i}` }] });
        await page
          .locator('.row', { hasText: `Newcomer ${i}` })
          .getByText('Ringing')
          .waitFor();
      }
      const spent = (await scripting()) - before;
      expect(await page.evaluate('drawn')).toEqual({ added: CHANGES, removed: 0 });
      // Seconds of the page's own work for ten newcomers, each with several events, and the ticking of a thousand clocks.
      expect(spent).toBeLessThan(10);
      process.stderr.write(
        `1,000 rows: ${((spent / CHANGES) * 1_000).toFixed(0)} ms of script for a newcomer\n`,
      );
      await done(page);
    },
    LONG,
  );
});
