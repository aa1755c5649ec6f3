import { Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccessTokens, type TokenSettings } from './access-tokens.js';
import { AuthGuard } from './auth.guard.js';

/** Puts {@link AuthGuard} in front of every route of the application. Global: tokens can be checked anywhere. */
@Module({})
export class AuthModule {
  static forRoot(settings: TokenSettings): DynamicModule {
    return {
      module: AuthModule,
      global: true,
      providers: [
        { provide: AccessTokens, useValue: new AccessTokens(settings) },
        { provide: APP_GUARD, useClass: AuthGuard },
      ],
      exports: [AccessTokens],
    };
  }
}
