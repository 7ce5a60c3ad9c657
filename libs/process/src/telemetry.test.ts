import { type SpanContext, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { traceparentOf, withSpan } from './telemetry.ts';

const INCOMING = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

afterEach(() => trace.disable());

describe('withSpan without an SDK', () => {
  it('hands a traceparent on unchanged', async () => {
    expect(await withSpan('work', { traceparent: INCOMING }, async (traceparent) => traceparent)).toBe(INCOMING);
  });

  it.each([undefined, '', 'junk', '00-00000000000000000000000000000000-b7ad6b7169203331-01'])(
    'has none to hand on for %j',
    async (traceparent) => {
      expect(await withSpan('work', { traceparent }, async (own) => own)).toBeUndefined();
    },
  );

  it('throws on what the work throws', async () => {
    await expect(withSpan('work', {}, () => Promise.reject(new Error('fault')))).rejects.toThrow('fault');
  });
});

describe('withSpan with an SDK', () => {
  it('makes a child of the traceparent, records what was thrown and ends', async () => {
    const seen = register();
    const work = withSpan('put', { traceparent: INCOMING, attributes: { host: 'h1' } }, async (traceparent) => {
      expect(traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01');
      throw new Error('fault');
    });
    await expect(work).rejects.toThrow('fault');
    expect(seen).toEqual(['start put of b7ad6b7169203331 {"host":"h1"}', 'exception fault', 'status 2', 'end']);
  });
});

describe('traceparentOf', () => {
  it('has nothing to say outside of a span', () => {
    expect(traceparentOf()).toBeUndefined();
  });
});

/** The smallest provider that shows what a span is told. */
function register(): string[] {
  const seen: string[] = [];
  trace.setGlobalTracerProvider({
    getTracer: () =>
      ({
        startSpan(name: string, options: { attributes: object }, parent: never) {
          const above = trace.getSpanContext(parent);
          seen.push(`start ${name} of ${above?.spanId} ${JSON.stringify(options.attributes)}`);
          return {
            spanContext: (): SpanContext => ({
              traceId: above?.traceId ?? '',
              spanId: '00000000000000aa',
              traceFlags: 1,
            }),
            recordException: (error: Error) => seen.push(`exception ${error.message}`),
            setStatus: ({ code }: { code: number }) => seen.push(`status ${code}`),
            end: () => seen.push('end'),
          };
        },
      }) as never,
  });
  return seen;
}
