import { type Attributes, type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * Runs `work` in a span named `name`, a child of `traceparent` (W3C Trace Context) or, without one, of the active span.
 * `work` gets the traceparent to send on. What it throws is recorded on the span and thrown on. Without an
 * OpenTelemetry SDK in the process nothing is recorded, and a traceparent given is handed on unchanged.
 */
export async function withSpan<Result>(
  name: string,
  { traceparent, attributes = {} }: { traceparent?: string | undefined; attributes?: Attributes },
  work: (traceparent: string | undefined) => Promise<Result>,
): Promise<Result> {
  const parent = parentContext(traceparent);
  const span = trace.getTracer('vfleet').startSpan(name, { attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(traceparentOf(span)));
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    span.end();
  }
}

/** The W3C traceparent of a span (the active one unless given); undefined when there is none or it is not traced. */
export function traceparentOf(span: Span | undefined = trace.getActiveSpan()): string | undefined {
  const spanContext = span?.spanContext();
  if (!spanContext || !trace.isSpanContextValid(spanContext)) return undefined;
  const flags = spanContext.traceFlags.toString(16).padStart(2, '0');
  return `00-${spanContext.traceId}-${spanContext.spanId}-${flags}`;
}

function parentContext(traceparent: string | undefined): Context {
  const match = TRACEPARENT.exec(traceparent ?? '');
  if (!match) return context.active();
  const [, traceId = '', spanId = '', flags = ''] = match;
  const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.isSpanContextValid(remote) ? trace.setSpanContext(context.active(), remote) : context.active();
}
