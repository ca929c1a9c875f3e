import { createInterface } from "node:readline";
import * as z from "zod";

/** An MCP server with one tool, over standard input and output. */
const Request = z.looseObject({
  id: z.union([z.int(), z.string()]).optional(),
  method: z.string(),
  params: z.looseObject({ protocolVersion: z.string().optional() }).optional(),
});
type Request = z.output<typeof Request>;

const TOOL = {
  name: "tide_level",
  description: "Tells how high the water stands.",
  inputSchema: { type: "object", properties: {} },
};

function resultOf({ method, params }: Request): object | undefined {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: "tide", version: "1" },
      };
    case "tools/list":
      return { tools: [TOOL] };
    case "ping":
      return {};
    default:
      return undefined;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = Request.parse(JSON.parse(line));
  if (request.id === undefined) continue; // a notification
  const result = resultOf(request);
  const answer = result ? { result } : { error: { code: -32601, message: "no such method" } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: request.id, ...answer })}\n`);
}
