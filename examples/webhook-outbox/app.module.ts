import { GroupcallModule } from '@groupcall/groupcall';
import { groupcallEntities, groupcallMigrations } from '@groupcall/groupcall/typeorm';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { HostSettings } from '../minimal-host/app.module.js';
import { DeskPhones } from '../minimal-host/desk-phones.js';
import { WebhookPoster } from './webhook-poster.js';
import { WebhookSink } from './webhook-sink.js';
import { WebhookEntity } from './webhook.entity.js';

/** The host's own migrations run beside the engine's, in the order of their timestamps. */
class CreateWebhook1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE webhook (id varchar(64) PRIMARY KEY, position bigserial NOT NULL, groupcall_id uuid NOT NULL,
         tree_id uuid NOT NULL, body jsonb NOT NULL, delivered_at timestamptz)`,
    );
    await runner.query('CREATE INDEX webhook_waiting ON webhook (position) WHERE delivered_at IS NULL');
    await runner.query('CREATE INDEX webhook_groupcall ON webhook (groupcall_id)');
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE webhook');
  }
}

@Module({
  providers: [DeskPhones, WebhookSink, WebhookPoster],
  exports: [DeskPhones, WebhookSink, WebhookPoster],
})
class OutsideModule {}

@Module({})
export class AppModule {
  static forRoot({ databaseUrl, queue }: HostSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          entities: [...groupcallEntities(), WebhookEntity],
          migrations: [...groupcallMigrations(), CreateWebhook1764100000000],
          migrationsRun: true,
        }),
        GroupcallModule.forRoot({
          imports: [OutsideModule],
          gateway: DeskPhones,
          eventSink: WebhookSink,
          queue,
        }),
      ],
    };
  }
}
