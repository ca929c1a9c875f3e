import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import * as z from "zod";

/** An MCP server with one tool. */
const Request = z.looseObject({
  id: z.union([z.int(), z.string()]).optional(),
  method: z.string(),
  params: z.looseObject({ protocolVersion: z.string().optional() }).optional(),
});
type Request = z.output<typeof Request>;

const toolOf = (name: string) => ({
  name: `${name}_level`,
  description: "Tells how high the water stands.",
  inputSchema: { type: "object", properties: {} },
});

function resultOf({ method, params }: Request, name: string): object | undefined {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name, version: "1" },
      };
    case "tools/list":
      return { tools: [toolOf(name)] };
    case "ping":
      return {};
    default:
      return undefined;
  }
}

/** What the server `name` says to a message; nothing to a notification. */
export function answerTo(message: unknown, name: string): object | undefined {
  const request = Request.parse(message);
  if (request.id === undefined) return undefined;
  const result = resultOf(request, name);
  const answer = result ? { result } : { error: { code: -32601, message: "no such method" } };
  return { jsonrpc: "2.0", id: request.id, ...answer };
}

/** Over standard input and output. Writes down the variables that it got. */
if (import.meta.main) {
  const [, , record] = process.argv;
  if (record) writeFileSync(record, JSON.stringify(process.env));
  for await (const line of createInterface({ input: process.stdin })) {
    const answer = answerTo(JSON.parse(line), "tide");
    if (answer) process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
