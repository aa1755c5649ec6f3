import type { Browser, BrowserContextOptions } from 'playwright-core';
import { ADMIN_PASSWORD } from '../../e2e/support/api-server.js';
import { openPage, type BrowserPage } from './browser.js';

/** Goes to a page of the administration and logs in there with the form, as a person does. */
export async function logIn(
  browser: Browser,
  url: string,
  path = '/admin/groupcalls',
  options: BrowserContextOptions = {},
): Promise<BrowserPage> {
  const page = await openPage(browser, options);
  await page.goto(url + path);
  await page.getByLabel('Password').fill(ADMIN_PASSWORD);
  await page.getByRole('button', { name: 'Log in' }).click();
  return page;
}
