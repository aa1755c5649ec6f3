import { NoTracer, type Tracer } from '../../ports/tracer.port.js';
import { OpenTelemetryTracer } from './opentelemetry-tracer.js';

/**
 * The host's OpenTelemetry if it has one and has set it up by now, otherwise nobody. The API package alone does not
 * count: other packages bring it along.
 */
export async function findTracer(): Promise<Tracer> {
  let api: typeof import('@opentelemetry/api');
  try {
    api = await import('@opentelemetry/api');
  } catch {
    return new NoTracer();
  }
  const tracer = api.trace.getTracer('nestjs-groupcall');
  // Only with an SDK behind it does a span have an id, sampled or not. Never ended, it is never shown.
  const probe = tracer.startSpan('probe', {}, api.ROOT_CONTEXT);
  return api.isSpanContextValid(probe.spanContext()) ? new OpenTelemetryTracer(api, tracer) : new NoTracer();
}
