import type { QueryRunner } from 'typeorm';
import { dialectOf } from '../dialect.js';

const IS_THERE = {
  postgres: 'SELECT 1 FROM pg_namespace WHERE nspname = $1',
  mysql: 'SELECT 1 FROM information_schema.schemata WHERE schema_name = ?',
};

/** Makes the schema unless it is there: a user who may not make one can still migrate into one. */
export async function createSchema(runner: QueryRunner, schema: string | undefined): Promise<void> {
  if (schema === undefined) return;
  const dialect = dialectOf(runner.connection);
  const found = (await runner.query(IS_THERE[dialect], [schema])) as unknown[];
  if (found.length > 0) return;
  await runner.query(dialect === 'postgres' ? `CREATE SCHEMA "${schema}"` : `CREATE DATABASE \`${schema}\``);
}
