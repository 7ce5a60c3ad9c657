/**
 * The form in which names are told apart: Unicode's NFKC, so that two names that are drawn alike (full width letters,
 * ligatures, other blanks) are one.
 */
export function nameKey(name: string): string {
  return name.normalize('NFKC');
}

/**
 * The form in which names are sorted and searched: as they are told apart, without regard to case. The final sigma is
 * one with the other, or the beginning of a Greek name would not be found at the end of a word.
 */
export function searchKey(name: string): string {
  return nameKey(name).toLowerCase().replaceAll('ς', 'σ');
}

/** What a caller may refer to an entity by, for one unique key: so that no name is another one's id. */
export function refKeys({ id, name }: { id: string; name: string }): string[] {
  return [...new Set([id, nameKey(name)])];
}
