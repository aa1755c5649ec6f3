import { isIP } from 'node:net';

/** Reads the text of a variable. Throws an Error whose message completes "… must be"; the text itself is not repeated. */
export type Parser<T> = (text: string) => T;

export const text: Parser<string> = (value) => value;

export function wholeNumber(least: number, most: number): Parser<number> {
  return (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`a whole number from ${least} to ${most}`);
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return (value) => {
    if (words.includes(value as T)) return value as T;
    throw new Error(
      words.length === 1 ? `${words[0]}: nothing else is supported yet` : `one of ${words.join(', ')}`,
    );
  };
}

const GROUPS_OF_ADDRESSES = ['loopback', 'linklocal', 'uniquelocal'];

/** Separated by commas: what Express takes as proxies. */
export const addresses: Parser<readonly string[]> = (value) => {
  const parts = value.split(',').map((part) => part.trim());
  if (parts.every((part) => GROUPS_OF_ADDRESSES.includes(part) || isAddress(part))) return parts;
  throw new Error(
    'a list, separated by commas, of addresses like 10.0.0.7, of networks like 10.0.0.0/8, or of the words loopback, linklocal and uniquelocal',
  );
};

function isAddress(part: string): boolean {
  const [address, bits, ...more] = part.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (more.length > 0 || most < 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

/** Separated by commas. @param each what every part must look like */
export function listOf(each: RegExp, what: string): Parser<readonly string[]> {
  return (value) => {
    const parts = value.split(',').map((part) => part.trim());
    if (parts.every((part) => each.test(part))) return parts;
    throw new Error(`a list, separated by commas, of ${what}`);
  };
}

export function secret(leastLength: number): Parser<string> {
  return (value) => {
    if (value.length >= leastLength) return value;
    throw new Error(`at least ${leastLength} characters long`);
  };
}

export function url(...schemes: readonly string[]): Parser<string> {
  return (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (parsed?.hostname && schemes.includes(parsed.protocol)) return value;
    throw new Error(`a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
  };
}

const postgresUrl = url('postgres:', 'postgresql:');

/** MariaDB is a wish that deserves a plain answer. */
export const databaseUrl: Parser<string> = (value) => {
  if (!/^(mysql|mariadb):/i.test(value)) return postgresUrl(value);
  throw new Error('a postgres:// URL: MySQL and MariaDB are not supported yet');
};
