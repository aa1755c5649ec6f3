import type { SpanContext } from '@opentelemetry/api';
import type { TraceParent } from '../../ports/tracer.port.js';

const FORM = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Version 00 of the W3C form. What else a propagator would take along (`baggage`, `tracestate`) may hold anything. */
export function toTraceParent({ traceId, spanId, traceFlags }: SpanContext): TraceParent {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** @returns undefined for whatever is no trace parent */
export function fromTraceParent(value: unknown): SpanContext | undefined {
  const [, traceId, spanId, flags] = (typeof value === 'string' && FORM.exec(value)) || [];
  if (!traceId || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
