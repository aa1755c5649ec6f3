import { GroupcallModule, type AlarmQueueOptions } from '@groupcall/groupcall';
import { groupcallEntities, groupcallMigrations } from '@groupcall/groupcall/typeorm';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeskPhones } from './desk-phones.js';

@Module({ providers: [DeskPhones], exports: [DeskPhones] })
class PhonesModule {}

/** Where this host finds its servers. */
export interface HostSettings {
  readonly databaseUrl: string;
  readonly queue: AlarmQueueOptions;
  /** Also takes commands of services that have no engine. */
  readonly takesCommands?: boolean;
}

@Module({})
export class AppModule {
  static forRoot({ databaseUrl, queue, takesCommands = false }: HostSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          entities: [...groupcallEntities()],
          migrations: [...groupcallMigrations()],
          migrationsRun: true,
        }),
        GroupcallModule.forRoot({
          imports: [PhonesModule],
          gateway: DeskPhones,
          queue,
          workers: { commands: takesCommands },
        }),
      ],
    };
  }
}
