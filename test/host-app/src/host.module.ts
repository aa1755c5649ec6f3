import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { GroupcallModule } from 'nestjs-groupcall';
import { groupcallEntities, groupcallMigrations } from 'nestjs-groupcall/typeorm';
import { Phones, PhonesModule } from './phones.js';

const tables = { schema: 'voice', tablePrefix: 'gc_' };

@Module({
  imports: [
    CqrsModule.forRoot(),
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: groupcallEntities(tables),
      migrations: groupcallMigrations(tables),
      migrationsRun: true,
    }),
    GroupcallModule.forRootAsync({
      imports: [PhonesModule],
      gateway: Phones,
      tables,
      useFactory: () => ({
        queue: { backend: 'redis', url: process.env.REDIS_URL!, prefix: process.env.QUEUE_PREFIX },
        // What is late then was rung by the queue and not by the sweep.
        timings: { sweepInterval: 60_000 },
      }),
    }),
  ],
})
export class HostModule {}
