/** A store looks up what is no longer; of a longer path, entries are found by its beginning. */
const LONGEST = 500;

/** A path and every one above it, but for that of the whole API: what entries are found by. */
export function placesOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts
    .map((_, last) => `/${parts.slice(0, last + 1).join('/')}`)
    .filter((place) => place !== '/api' && place.length <= LONGEST);
}
