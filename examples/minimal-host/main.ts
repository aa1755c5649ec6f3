import 'reflect-metadata';
import { CreateGroupcallCommand } from '@groupcall/groupcall';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { AppModule } from './app.module.js';

const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) throw new Error('Set DATABASE_URL, like postgres://user:password@127.0.0.1:5432/mydb');

// The alarms are on the same PostgreSQL; with a Redis: { backend: 'redis', url: 'redis://…' }.
const app = await NestFactory.createApplicationContext(
  AppModule.forRoot({ databaseUrl, queue: { backend: 'postgres', url: databaseUrl } }),
);
app.enableShutdownHooks();

const groupcall = await app.get(CommandBus).execute(
  new CreateGroupcallCommand({
    customerId: '01900000-0000-7000-8000-000000000001',
    destinations: [
      { type: 'tel', target: '+15551230001' },
      { type: 'tel', target: '+15551230002' },
    ],
  }),
);
console.log(
  `${groupcall.id} rings ${groupcall.call_ids.length} phones for ${groupcall.dial_timeout} ms. Ctrl-C ends it.`,
);
