import { inTurn, type Row } from "./measure.ts";

export function benchGenerate(): readonly Row[] {
  const [ms = Number.NaN] = inTurn(5, [process.execPath, "cli/forge.ts", "generate", "--check"]);
  return [
    {
      what: "`forge generate --check`, all harnesses, new process",
      result: `${ms.toFixed(0)} ms`,
      budget: "1000 ms",
      holds: ms <= 1000,
    },
  ];
}
