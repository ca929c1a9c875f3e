/** Numbers that follow from a seed (mulberry32). */
export interface Random {
  /** From 0, without 1. */
  readonly next: () => number;
  readonly chance: (probability: number) => boolean;
  /** From 0 to `below` - 1. */
  readonly int: (below: number) => number;
}

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    int: (below) => Math.floor(next() * below),
  };
}
