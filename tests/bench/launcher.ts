import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installAgent } from "../launcher-lab.ts";
import { inTurn, type Row } from "./measure.ts";

/** Ten files, two seeds, one environment; the harness is /bin/true, whose own time is taken off. */
export async function benchLauncher(): Promise<readonly Row[]> {
  const root = mkdtempSync(join(tmpdir(), "forge-bench-"));
  try {
    const names = Array.from({ length: 10 }, (_, i) => `config/${i % 3}/file-${i}`);
    const agent = await installAgent(root, {
      argv: ["/bin/true"],
      files: Object.fromEntries(names.map((name) => [name, { text: name }])),
      seed: { "own/a.json": { a: { b: true } }, "own/b.json": { list: ["x"] } },
    });
    const [launched = Number.NaN, bare = Number.NaN] = inTurn(21, [agent], ["/bin/true"]);
    const ms = launched - bare;
    return [
      {
        what: "launcher before exec (10 files, 2 seeds, later starts)",
        result: `${ms.toFixed(1)} ms`,
        budget: "30 ms",
        holds: ms <= 30,
      },
    ];
  } finally {
    rmSync(root, { recursive: true });
  }
}
