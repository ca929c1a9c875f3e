import { spawnSync } from "node:child_process";

export interface Row {
  readonly what: string;
  readonly result: string;
  readonly budget: string;
  readonly holds: boolean;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Wall time in milliseconds of each command, run in turn so that a slow moment hits all alike. */
export function inTurn(
  runs: number,
  ...commands: readonly (readonly [string, ...string[]])[]
): readonly number[] {
  const times: number[][] = commands.map(() => []);
  for (let run = -1; run < runs; run++) {
    commands.forEach(([program, ...args], i) => {
      const begin = performance.now();
      const { status, stderr } = spawnSync(program, args);
      if (status !== 0)
        throw new Error(`${program} ${args.join(" ")}: status ${status}\n${stderr}`);
      if (run >= 0) times[i]?.push(performance.now() - begin); // the first round only warms up
    });
  }
  return times.map(median);
}
