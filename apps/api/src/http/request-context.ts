import { AsyncLocalStorage } from 'node:async_hooks';

/** The request on whose behalf something is done. */
export interface RequestContext {
  readonly id: string;
  readonly url: string;
}

const requests = new AsyncLocalStorage<RequestContext>();

/** Whatever `handle` begins knows its request, however much later. */
export function handleRequest(request: RequestContext, handle: () => void): void {
  requests.run(request, handle);
}

export function currentRequest(): RequestContext | undefined {
  return requests.getStore();
}
