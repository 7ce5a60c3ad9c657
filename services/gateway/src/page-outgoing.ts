import { cursorOut } from './cursor.ts';
import type { Outgoing } from './outgoing.ts';

type Page = { items: readonly unknown[]; next: string | null };

/** Answers with a page of the list `name`: the owner's cursor becomes the list's, and a Link leads to the next page. */
export function pageOutgoing(
  { name, url, status, headers }: { name: string; url: string; status: number; headers: Record<string, string> },
  page: Page,
): Outgoing {
  if (page.next === null) return { kind: 'resource', status, headers, resource: page };
  const next = cursorOut(name, page.next);
  const link = `<${withCursor(url, next)}>; rel="next"`;
  return { kind: 'resource', status, headers: { ...headers, link }, resource: { ...page, next } };
}

function withCursor(url: string, cursor: string): string {
  const [path = '', query] = url.split('?');
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', cursor);
  return `${path}?${parameters}`;
}
