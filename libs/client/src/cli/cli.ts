import type { Client } from '../client.ts';
import type { Exit, Surroundings } from './surroundings.ts';

/** What a command works with. */
export type Cli = Pick<Surroundings, 'out' | 'err' | 'signal' | 'readFile'> & {
  /** The API, once the options are known. Throws UsageError when the login is not complete. */
  client(): Client;
  /** Shows a resource: as JSON when that was asked for, else as a person reads it. */
  show(resource: unknown, asText: () => string): void;
  /** Says how the command ended, when not well. */
  endWith(exit: Exit): void;
};

/** Everything a list holds, page after page. */
export async function allOf<Item>(
  page: (cursor: string | undefined) => Promise<{ resource: { items: Item[]; next: string | null } }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const { resource } = await page(cursor);
    items.push(...resource.items);
    cursor = resource.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}
