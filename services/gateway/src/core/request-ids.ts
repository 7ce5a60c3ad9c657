const PLAIN = /^[\x21-\x7e]{1,200}$/;

/** The correlation id a caller chose, or undefined when it chose none that can stand in a header and a log. */
export function chosenCorrelationId(header: string | undefined): string | undefined {
  return header !== undefined && PLAIN.test(header) ? header : undefined;
}

/**
 * The key of `Idempotency-Key`: visible ASCII, at most 200 characters, with or without the quotes of a structured
 * field. Undefined when there is no header, null when it cannot be used.
 */
export function idempotencyKey(header: string | undefined): string | null | undefined {
  if (header === undefined) return undefined;
  const key = /^"(.*)"$/.exec(header)?.[1] ?? header;
  return PLAIN.test(key) ? key : null;
}
