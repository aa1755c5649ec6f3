import { groupcallEntities, groupcallMigrations, type TableOptions } from '@groupcall/groupcall/typeorm';
import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** Nobody listens there: alarms come from the sweep. */
export const NO_QUEUE = { backend: 'redis', url: 'redis://127.0.0.1:1' } as const;

const opened: DataSource[] = [];

/** Closes what hosts that did not get up have left open. */
export async function closeDatabases(): Promise<void> {
  for (const source of opened.splice(0)) if (source.isInitialized) await source.destroy();
}

/** A DataSource as a host has it, migrated. */
export function database(url: string, places: TableOptions[] = [{}], more: object = {}): DynamicModule {
  return TypeOrmModule.forRootAsync({
    useFactory: () => ({
      type: 'postgres',
      url,
      entities: places.flatMap((place) => groupcallEntities(place)),
      migrations: places.flatMap((place) => groupcallMigrations(place)),
      migrationsRun: true,
      retryAttempts: 1,
      poolErrorHandler: () => undefined,
      ...more,
    }),
    dataSourceFactory: async (options) => {
      const source = new DataSource(options!);
      opened.push(source);
      return source.initialize();
    },
  });
}

/** A host of these modules, up to the moment in which it would serve. */
export async function startHost(...imports: (DynamicModule | Type)[]): Promise<INestApplicationContext> {
  @Module({ imports })
  class HostModule {}
  return NestFactory.createApplicationContext(HostModule, { logger: false, abortOnError: false });
}
