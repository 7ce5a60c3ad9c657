/**
 * The wait that a `Prefer` header asks for (RFC 7240), in whole seconds, or undefined when it asks for none. As the
 * RFC wants it, the first `wait` counts, and a preference that cannot be understood is ignored, never refused.
 */
export function preferredWait(header: string | undefined): number | undefined {
  for (const preference of (header ?? '').split(',')) {
    const [name = '', value = ''] = (preference.split(';')[0] ?? '').split('=').map((part) => part.trim());
    if (name.toLowerCase() !== 'wait') continue;
    const seconds = /^(?:"(\d{1,9})"|(\d{1,9}))$/.exec(value);
    return seconds ? Number(seconds[1] ?? seconds[2]) : undefined;
  }
  return undefined;
}
