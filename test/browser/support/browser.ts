import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const ARTEFACTS = join(process.cwd(), 'test/browser/artefacts');

/** For containers without a sandbox, and so that nothing but our own server is spoken to. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A busy machine is no failure, ms. */
const PATIENCE = 30_000;

export interface BrowserPage extends Page {
  /** What the page complained about: errors of its scripts, and everything that its content policy has blocked. */
  readonly complaints: string[];
}

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.TEST_CHROMIUM,
    headless: true,
    args: FLAGS,
    timeout: 60_000,
  });
}

/** A page in a session of its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const isNetwork = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isNetwork) complaints.push(message.text());
  });
  return Object.assign(page, { complaints });
}

/** Keeps what is to be seen, for people. */
export async function keepScreenshot(page: Page, name: string, fullPage = true): Promise<void> {
  await mkdir(ARTEFACTS, { recursive: true });
  await page.screenshot({ path: join(ARTEFACTS, `${name}.png`), fullPage, animations: 'disabled' });
}

/** Says where the screenshots are. */
export function tellArtefacts(): void {
  process.stderr.write(`Screenshots: ${relative(process.cwd(), ARTEFACTS)}/\n`);
}
