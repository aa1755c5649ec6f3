import type { NestExpressApplication } from '@nestjs/platform-express';

/** The parts of an Express router that say what is mounted. */
interface Layer {
  readonly route?: { readonly path: string | string[]; readonly methods: Record<string, boolean> };
}

/**
 * Every route that the running server has, as `METHOD /path/:parameter`, straight from its router: whatever is mounted
 * is in here, whether or not its author thought of security. What `app.use` mounts (the admin pages) is not a route.
 */
export function routesOf(app: NestExpressApplication): string[] {
  const { stack } = (app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } }).router;
  const lines = stack.flatMap(({ route }) =>
    route
      ? [route.path].flat().flatMap((path) => methodsOf(route.methods).map((method) => `${method} ${path}`))
      : [],
  );
  return [...new Set(lines)].sort();
}

function methodsOf(methods: Record<string, boolean>): string[] {
  return Object.keys(methods)
    .filter((name) => methods[name] && name !== '_all')
    .map((name) => name.toUpperCase());
}
