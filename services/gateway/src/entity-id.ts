import { createHash } from 'node:crypto';

/** The id of what a request with this key makes: the same every time the request is sent, another for another route. */
export function entityIdOfKey(route: string, key: string): string {
  const digest = createHash('sha256').update(`${route}\n${key}`).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ].join('-');
}
