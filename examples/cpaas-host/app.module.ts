import { GroupcallModule } from '@groupcall/groupcall';
import { groupcallEntities, groupcallMigrations } from '@groupcall/groupcall/typeorm';
import { Module, type DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { HostSettings } from '../minimal-host/app.module.js';
import { CpaasGateway } from './cpaas-gateway.js';
import { WEBHOOK_SECRET, WebhooksController } from './webhooks.controller.js';

export interface CpaasSettings extends HostSettings {
  /** Where the telephone service is. */
  readonly cpaasUrl: string;
  /** Where it finds us. */
  readonly webhookUrl: string;
  readonly webhookSecret: string;
}

@Module({})
class CpaasModule {
  static for({ cpaasUrl, webhookUrl }: CpaasSettings): DynamicModule {
    return {
      module: CpaasModule,
      providers: [{ provide: CpaasGateway, useValue: new CpaasGateway(cpaasUrl, webhookUrl) }],
      exports: [CpaasGateway],
    };
  }
}

/** Start it with `NestFactory.create(AppModule.forRoot(…), { rawBody: true })`: signatures are over the raw body. */
@Module({})
export class AppModule {
  static forRoot(settings: CpaasSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CqrsModule.forRoot(),
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: settings.databaseUrl,
          entities: [...groupcallEntities()],
          migrations: [...groupcallMigrations()],
          migrationsRun: true,
        }),
        GroupcallModule.forRoot({
          imports: [CpaasModule.for(settings)],
          gateway: CpaasGateway,
          queue: settings.queue,
        }),
      ],
      controllers: [WebhooksController],
      providers: [{ provide: WEBHOOK_SECRET, useValue: settings.webhookSecret }],
    };
  }
}
