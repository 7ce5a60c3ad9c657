/**
 * The index of the first element of an ordered list that is not below what is looked for; `compare` is negative for one
 * that is below. In steps of the logarithm of its length.
 */
export function placeIn<Element>(ordered: readonly Element[], compare: (element: Element) => number): number {
  let [low, high] = [0, ordered.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(ordered[middle] as Element) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
