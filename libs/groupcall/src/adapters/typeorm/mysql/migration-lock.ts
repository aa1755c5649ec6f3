import type { QueryRunner } from 'typeorm';

/** One per database: the server knows the name everywhere. */
const LOCK = `CONCAT('groupcall ', SHA1(DATABASE()))`;
/** s; asked again as often as it takes. */
const PATIENCE = 10;

/** Waits until this session is the only one that migrates the database. */
export async function lockMysql(runner: QueryRunner): Promise<void> {
  await refuseOldServer(runner);
  for (;;) {
    const [row] = (await runner.query(`SELECT GET_LOCK(${LOCK}, ${PATIENCE}) AS got`)) as { got: unknown }[];
    if (Number(row.got) === 1) return;
    if (row.got === null)
      throw new Error('The lock for the migrations cannot be had: GET_LOCK answered NULL.');
  }
}

export async function unlockMysql(runner: QueryRunner): Promise<void> {
  await runner.query(`SELECT RELEASE_LOCK(${LOCK})`);
}

/** @throws Error when the server has neither SKIP LOCKED nor JSON_TABLE */
async function refuseOldServer(runner: QueryRunner): Promise<void> {
  const [{ version }] = (await runner.query('SELECT VERSION() AS version')) as { version: string }[];
  const [major, minor] = version.split('.').map((part) => parseInt(part, 10));
  const isMariaDb = /mariadb/i.test(version);
  if (isMariaDb ? major > 10 || (major === 10 && minor >= 6) : major >= 8) return;
  throw new Error(`Groupcall needs MariaDB 10.6 or MySQL 8.0 or newer; this server is ${version}.`);
}
