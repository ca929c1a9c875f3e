import type { McpServer } from "../library.ts";
import { each, match, when } from "./build.ts";
import type { Library, Problem } from "./harness.ts";
import type { Expr, Items, Leaf, List } from "./types.ts";

/** An MCP server of one kind, as a recipe reads it. */
export type Server<K extends McpServer["kind"]> = Expr<
  Omit<Extract<McpServer, { kind: K }>, "kind">
>;

type Checks = {
  readonly [K in McpServer["kind"]]: (server: Server<K>, name: Leaf<string>) => Items<Problem>;
};

/** Problems of the MCP servers that an agent names, and that are declared: another rule is about the rest. */
export function eachServer(names: List<string>, library: Library, checks: Checks): List<Problem>;
export function eachServer(names: List<string>, { mcpServers }: Library, checks: Checks): unknown {
  return each(names, (name) =>
    when(
      mcpServers.has(name),
      match<McpServer, Items<Problem>>(mcpServers.at(name), {
        stdio: (server) => checks.stdio(server, name),
        http: (server) => checks.http(server, name),
      }),
    ),
  );
}
