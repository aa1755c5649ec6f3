import { createRequire } from 'node:module';
import { nameOfCollector, showsTraces } from './tracing-variables.js';
import { withoutPlaintext } from './request-attributes.js';

/** Sends what is left, in bounded time. */
export type StopTracing = () => Promise<void>;

const LAST_EXPORT = 2_000;
/** Asked all the time by machines. */
const UNSEEN = /^\/(health|metrics)(\/|\?|$)/;

/**
 * Traces to the collector that OpenTelemetry's own variables name; without one nothing is loaded. Must be called before
 * the server is made. Requests are seen by the HTTP instrumentation, the rest by the engine itself.
 */
export async function startTracing(
  env: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): Promise<StopTracing> {
  if (!showsTraces(env)) return () => Promise.resolve();
  const [
    { NodeTracerProvider, BatchSpanProcessor },
    { OTLPTraceExporter },
    { HttpInstrumentation },
    resources,
  ] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/instrumentation-http'),
    import('@opentelemetry/resources'),
  ]);
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = resources;
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'groupcall' }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const requests = new HttpInstrumentation({
    disableOutgoingRequestInstrumentation: true,
    ignoreIncomingRequestHook: ({ url = '' }) => UNSEEN.test(url),
    startIncomingSpanHook: withoutPlaintext,
  });
  requests.setTracerProvider(provider);
  // It mends the server's prototype, and notices `http` when it is required: an import from ES modules it does not see.
  createRequire(import.meta.url)('http');
  log(`traces go to ${nameOfCollector(env)}`);
  return async () => {
    requests.disable();
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_EXPORT).unref());
    await Promise.race([provider.shutdown().catch(() => undefined), late]);
  };
}
