const NAMED = 10;

/** How many users are read to name them: one more than are named, so as to know that there are others. */
export const USERS_READ = NAMED + 1;

/** Names the users of an entity: `a, b, c`, and after ten of them `and others`. */
export function usersInWords(names: readonly string[]): string {
  return names.slice(0, NAMED).join(', ') + (names.length > NAMED ? ' and others' : '');
}
