import type { Role } from '../../../apps/api/src/index.js';

/** Something of another customer that a route could be asked for. */
export type ForeignThing = 'groupcall' | 'call' | 'agent' | 'extension';

export interface RouteRule {
  /** Who may call it; `anybody` needs no token, `metrics` is what METRICS_ACCESS says. */
  readonly access: 'anybody' | 'metrics' | readonly Role[];
  /** What its parameter names: must be 404 when it is somebody else's. */
  readonly names?: ForeignThing;
  /** A body that the route would accept. */
  readonly body?: unknown;
  /** The answer does not end by itself. */
  readonly streams?: true;
  /** Makes the named thing when it is not there: nothing foreign can be found by it. */
  readonly creates?: true;
}

const EVERYBODY: readonly Role[] = ['customer_admin', 'customer_manager', 'customer_agent', 'platform_admin'];
const WRITERS: readonly Role[] = ['customer_admin', 'customer_manager', 'platform_admin'];

/** One line for every route of the server. A new route without one fails the suite: decide who may call it. */
export const RULES: Readonly<Record<string, RouteRule>> = {
  'POST /groupcalls': {
    access: WRITERS,
    body: { destinations: [{ type: 'sip', target: 'ring@sim' }] },
    creates: true,
  },
  'POST /groupcalls/preview': {
    access: WRITERS,
    body: { destinations: [{ type: 'sip', target: 'ring@sim' }] },
  },
  'GET /groupcalls': { access: EVERYBODY },
  'GET /groupcalls/events': { access: EVERYBODY, streams: true },
  'GET /groupcalls/:id': { access: EVERYBODY, names: 'groupcall' },
  'GET /groupcalls/:id/legs': { access: EVERYBODY, names: 'groupcall' },
  'POST /groupcalls/:id/hangup': { access: WRITERS, names: 'groupcall' },
  'DELETE /groupcalls/:id': { access: WRITERS, names: 'groupcall' },
  'GET /calls': { access: EVERYBODY },
  'GET /calls/:id': { access: EVERYBODY, names: 'call' },
  'PUT /agents/:id': {
    access: WRITERS,
    body: { addresses: [{ type: 'sip', target: 'ring@sim' }] },
    creates: true,
  },
  'GET /agents/:id': { access: EVERYBODY, names: 'agent' },
  'DELETE /agents/:id': { access: WRITERS, names: 'agent' },
  'PUT /extensions/:name': { access: WRITERS, body: { contacts: ['ring@sim'] }, creates: true },
  'GET /extensions/:name': { access: EVERYBODY, names: 'extension' },
  'DELETE /extensions/:name': { access: WRITERS, names: 'extension' },
  'POST /simulator/calls/:id/ringing': { access: WRITERS, names: 'call' },
  'POST /simulator/calls/:id/answer': { access: WRITERS, names: 'call' },
  'POST /simulator/calls/:id/hangup': { access: WRITERS, names: 'call', body: { reason: 'busy' } },
  'GET /health/live': { access: 'anybody' },
  'GET /health/ready': { access: 'anybody' },
  'GET /metrics': { access: 'metrics' },
  'GET /docs': { access: 'anybody' },
  'GET /docs/': { access: 'anybody' },
  'GET /docs-json': { access: 'anybody' },
  'GET /docs-yaml': { access: 'anybody' },
  'GET /docs/index.html': { access: 'anybody' },
  'GET /docs/docs/swagger-ui-init.js': { access: 'anybody' },
  'GET /docs/swagger-ui-init.js': { access: 'anybody' },
  'GET /docs/LICENSE': { access: 'anybody' },
};
