/** An entity after a change, with its next revision; undefined when the change leaves everything as it is. */
export function revised<Body extends { revision: number }>(stored: Body, changed: Body): Body | undefined {
  return isSame(stored, changed) ? undefined : { ...changed, revision: stored.revision + 1 };
}

/** Whether two values of JSON are the same, in whatever order their fields stand. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
  const fields = Object.entries(one);
  return (
    Array.isArray(one) === Array.isArray(other) &&
    fields.length === Object.keys(other).length &&
    fields.every(([name, value]) => name in other && isSame(value, other[name as keyof typeof other]))
  );
}
