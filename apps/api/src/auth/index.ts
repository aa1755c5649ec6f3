export { AccessTokens, type TokenClaims, type TokenSettings } from './access-tokens.js';
export { CurrentScope, Public, Roles, TokenEnd } from './auth.decorators.js';
export { AuthGuard, authenticate, bearerOf } from './auth.guard.js';
export { AuthModule } from './auth.module.js';
export {
  CUSTOMER_WRITERS,
  ROLES,
  scopeOf,
  type AuthenticatedRequest,
  type Caller,
  type Role,
  type Scope,
} from './caller.js';
