import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ApiError } from '../http/api-error.js';
import { AccessTokens } from './access-tokens.js';
import { ALLOWED_ROLES, PUBLIC_ROUTE } from './auth.decorators.js';
import type { AuthenticatedRequest, Caller, Role } from './caller.js';

/** In front of every route: what is neither `@Public` nor names its roles is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_ROUTE, places)) return true;
    const request = context.switchToHttp().getRequest<Request & AuthenticatedRequest>();
    request.caller = await authenticate(this.tokens, request.headers.authorization);
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ALLOWED_ROLES, places) ?? [];
    if (!allowed.includes(request.caller.role)) {
      throw new ApiError('PERMISSION_DENIED', `The role ${request.caller.role} may not do this.`);
    }
    return true;
  }
}

/** @throws ApiError UNAUTHENTICATED; why a token was refused helps only somebody who guesses, so it is not said */
export async function authenticate(tokens: AccessTokens, header: string | undefined): Promise<Caller> {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
  if (!token) throw new ApiError('UNAUTHENTICATED', 'Send an access token: Authorization: Bearer <token>.');
  try {
    return await tokens.verify(token);
  } catch {
    throw new ApiError('UNAUTHENTICATED', 'The access token is not valid or has expired.');
  }
}
