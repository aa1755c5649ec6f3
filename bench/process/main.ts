import '@nestjs/core';
import '@nestjs/bullmq';
import 'reflect-metadata';
import { countQueries } from './measured.js';
import type { Question, Reply } from './protocol.js';
import { Station } from './station.js';

countQueries();
const station = new Station();

process.on('message', ({ id, method, params }: Question) => {
  void answer(id, method, params);
});
// Whoever started us is gone: nobody will ask any more.
process.on('disconnect', () => process.exit());

async function answer(id: number, method: string, params: unknown): Promise<void> {
  const reply = (message: Reply) => process.send?.(message);
  try {
    const work = (station as unknown as Record<string, (params: unknown) => Promise<unknown>>)[method];
    reply({ id, result: await work.call(station, params) });
  } catch (error) {
    reply({ id, error: error instanceof Error ? String(error.stack) : String(error) });
  }
}
