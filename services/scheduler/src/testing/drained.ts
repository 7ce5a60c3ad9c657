/** Walks to the end without a pause; `pauses` is how often others could have had their turn. */
export function drained<End>(walk: Generator<void, End>): { end: End; pauses: number } {
  for (let pauses = 0; ; pauses++) {
    const { done, value } = walk.next();
    if (done) return { end: value, pauses };
  }
}
