type Env = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;

/** By OpenTelemetry's own variables: a collector is named and nobody has switched it off. */
export function showsTraces(env: Env): boolean {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER === 'none') return false;
  return ENDPOINTS.some((name) => Boolean(env[name]));
}

/** Without a password that may be in it. */
export function nameOfCollector(env: Env): string {
  const endpoint = ENDPOINTS.map((name) => env[name]).find(Boolean) ?? '';
  return URL.canParse(endpoint) ? new URL(endpoint).host : 'the collector';
}
