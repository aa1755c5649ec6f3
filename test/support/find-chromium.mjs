// Which browser the browser tests drive: the one that TEST_CHROMIUM names, else one in a usual place.
import { existsSync } from 'node:fs';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * The path of the browser, also left in TEST_CHROMIUM for the workers; undefined when there is none.
 * @throws with CI=true when there is none: there nothing may be left out
 */
export function findChromium() {
  const path = process.env.TEST_CHROMIUM || USUAL_PLACES.find((place) => existsSync(place));
  if (path) process.env.TEST_CHROMIUM = path;
  else if (process.env.CI === 'true')
    throw new Error('There is no Chromium: install it, or name it in TEST_CHROMIUM.');
  else process.stderr.write('No Chromium found: the browser tests are left out (TEST_CHROMIUM names one).\n');
  return path;
}
