import { parseArgs } from "node:util";
import * as z from "zod";
import { startStubModel } from "./server.ts";

const Port = z.coerce.number().int().min(0).max(65_535);

const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const stub = await startStubModel({ port: Port.parse(values.port) });
process.stdout.write(`${stub.url}\n`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stub.close());
}
