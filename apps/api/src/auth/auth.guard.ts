import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ApiError } from '../http/api-error.js';
import { AccessTokens } from './access-tokens.js';
import { ALLOWED_ROLES, PUBLIC_ROUTE } from './auth.decorators.js';
import type { AuthenticatedRequest, Caller, Role } from './caller.js';
import { KeysUnavailable } from './token-keys.js';

interface Rule {
  readonly isPublic: boolean;
  readonly allowed: readonly Role[];
}

/** In front of every route: what is neither `@Public` nor names its roles is closed. */
@Injectable()
export class AuthGuard implements CanActivate {
  private readonly rules = new Map<unknown, Map<unknown, Rule>>();

  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: AccessTokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { isPublic, allowed } = this.ruleOf(context);
    if (isPublic) return true;
    const request = context.switchToHttp().getRequest<Request & AuthenticatedRequest>();
    request.caller = await authenticate(this.tokens, request.headers.authorization);
    if (!allowed.includes(request.caller.role)) {
      throw new ApiError('PERMISSION_DENIED', `The role ${request.caller.role} may not do this.`);
    }
    return true;
  }

  /** A route's decorators never change. A handler may be that of several classes. */
  private ruleOf(context: ExecutionContext): Rule {
    const places = [context.getHandler(), context.getClass()] as const;
    let rules = this.rules.get(places[1]);
    if (!rules) this.rules.set(places[1], (rules = new Map<unknown, Rule>()));
    let rule = rules.get(places[0]);
    if (!rule) {
      const look = <T>(key: symbol) => this.reflector.getAllAndOverride<T | undefined>(key, [...places]);
      rule = { isPublic: look<boolean>(PUBLIC_ROUTE) ?? false, allowed: look<Role[]>(ALLOWED_ROLES) ?? [] };
      rules.set(places[0], rule);
    }
    return rule;
  }
}

/** The token of an Authorization header, if it has one. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(header ?? '')?.[1];
}

/**
 * @throws ApiError UNAUTHENTICATED; why a token was refused helps only somebody who guesses, so it is not said.
 * UNAVAILABLE when the keys cannot be had: a good token must not look like a bad one
 */
export async function authenticate(tokens: AccessTokens, header: string | undefined): Promise<Caller> {
  const token = bearerOf(header);
  if (!token) throw new ApiError('UNAUTHENTICATED', 'Send an access token: Authorization: Bearer <token>.');
  try {
    return await tokens.verify(token);
  } catch (error) {
    if (error instanceof KeysUnavailable)
      throw new ApiError('UNAVAILABLE', 'Access tokens cannot be checked right now. Try again.');
    throw new ApiError('UNAUTHENTICATED', 'The access token is not valid or has expired.');
  }
}
