import type { Clock } from '@vfleet/process/clock';

/** Loads by key and keeps each answer for `maxAgeMs`; askers at the same time share one load. A failed load is not kept. */
export function rememberFor<Value>(
  { maxAgeMs, clock }: { maxAgeMs: number; clock: Clock },
  load: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const kept = new Map<string, { value: Promise<Value>; until: number }>();
  return (key) => {
    const known = kept.get(key);
    if (known && clock.now() < known.until) return known.value;
    const value = load(key);
    kept.set(key, { value, until: clock.now() + maxAgeMs });
    value.catch(() => kept.delete(key));
    return value;
  };
}
