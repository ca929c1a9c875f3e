const SPIN_MS = 100;

/** How many times longer a program takes now than on an idle machine, as others use the processor too. At least 1. */
function slowness(): number {
  const begin = performance.now();
  const used = process.cpuUsage();
  let spent = 0;
  while (spent < SPIN_MS) {
    const { user, system } = process.cpuUsage(used);
    spent = (user + system) / 1000;
  }
  return Math.max(1, (performance.now() - begin) / spent);
}

/** Whether something took no longer than this on an idle machine, or in proportion on one that is busy. Milliseconds. */
export const isWithin = (took: number, limit: number): boolean =>
  took < limit || took < limit * slowness();
