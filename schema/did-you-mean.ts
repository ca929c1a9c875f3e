import { distance } from "fastest-levenshtein";

/** ` (did you mean "x"?)`, or nothing when no name is near enough to be a slip. */
export function didYouMean(given: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, far: distance(given, name), shared: sharedPrefix(given, name) }))
    .filter(({ far, shared }) => far <= Math.max(2, given.length / 3) || isBeginning(shared, given))
    .sort((a, b) => a.far - b.far || b.shared - a.shared);
  return best ? ` (did you mean "${best.name}"?)` : "";
}

/** A name cut short is far from the whole one, and plainly means it. */
const isBeginning = (shared: number, given: string): boolean =>
  shared >= 3 && shared === given.length;

function sharedPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
