import { createHash } from 'node:crypto';

/** SHA-256 of a text, in the alphabet that URLs and tokens carry. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
