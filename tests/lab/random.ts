/** Repeatable choices: mulberry32. FORGE_SEED repeats a run. */
export interface Random {
  readonly seed: number;
  pick<T>(from: readonly [T, ...T[]]): T;
}

export function randomFrom(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { seed, pick: (from) => from[Math.floor(next() * from.length)] ?? from[0] };
}
