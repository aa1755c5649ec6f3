import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Request } from 'express';
import { scopeOf, type AuthenticatedRequest, type Role, type Scope } from './caller.js';

export const PUBLIC_ROUTE = Symbol('PUBLIC_ROUTE');
export const ALLOWED_ROLES = Symbol('ALLOWED_ROLES');

/** Anybody may call this route. */
export const Public = () => SetMetadata(PUBLIC_ROUTE, true);

/** Who may call this route or controller. A route without `@Roles` and without `@Public` refuses everybody. */
export const Roles = (...roles: Role[]) =>
  applyDecorators(SetMetadata(ALLOWED_ROLES, roles), ApiBearerAuth());

/** The {@link Scope} of the request: its customer, checked against the token. */
export const CurrentScope = createParamDecorator((_: unknown, context: ExecutionContext): Scope => {
  const request = context.switchToHttp().getRequest<Request & AuthenticatedRequest>();
  if (!request.caller) throw new Error('CurrentScope is used on a route that does not authenticate.');
  return scopeOf(request.caller, request.query.customer_id);
});

/** When the request's token ends, epoch ms. */
export const TokenEnd = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const request = context.switchToHttp().getRequest<Request & AuthenticatedRequest>();
  if (!request.caller) throw new Error('TokenEnd is used on a route that does not authenticate.');
  return request.caller.expiresAt;
});
