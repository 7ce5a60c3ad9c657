/** What `If-Match` demands of a resource before it is changed. */
export type Precondition =
  | { kind: 'none' }
  | { kind: 'version'; version: number }
  /** A tag that no version of a resource has: the change must be refused with 412. */
  | { kind: 'never' }
  | { kind: 'malformed' };

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** The ETag of a version. It is strong, because `If-Match` never matches a weak one (RFC 9110, section 13.1.1). */
export function entityTagOf(version: number): string {
  return `"${version}"`;
}

/** Reads `If-Match`. `*` demands only that the resource exists, which every change does. Of several tags none can be chosen. */
export function readIfMatch(header: string | undefined): Precondition {
  if (header === undefined || header.trim() === '*') return { kind: 'none' };
  const match = TAG.exec(header.trim());
  if (!match) return { kind: 'malformed' };
  const [, weak, tag = ''] = match;
  return weak || !/^[1-9]\d{0,14}$/.test(tag) ? { kind: 'never' } : { kind: 'version', version: Number(tag) };
}
