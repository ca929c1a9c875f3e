import type { McpServer } from "../library.ts";
import { each, given, match, matches, milliseconds, t, when } from "./build.ts";
import type { Library, Problem } from "./harness.ts";
import type { Expr, Items, Leaf, List, Text } from "./types.ts";

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
        sse: (server) => checks.sse(server, name),
      }),
    ),
  );
}

/** Refuses `startupTimeoutSec`, for a harness that has no such limit for each server. `fix` says what it has. */
export function withoutStartupTimeout(
  names: List<string>,
  library: Library,
  fix: Text,
): List<Problem> {
  const refused = (
    { startupTimeoutSec }: Pick<Server<"stdio">, "startupTimeoutSec">,
    name: Text,
    kind: string,
  ): Items<Problem> => [
    ...given(startupTimeoutSec, () => [
      {
        option: "mcpServers",
        problem: t`mcpServers.${name}.${kind}.startupTimeoutSec: this harness has no limit for the start of one server`,
        fix,
      },
    ]),
  ];
  return eachServer(names, library, {
    stdio: (server, name) => refused(server, name, "stdio"),
    http: (server, name) => refused(server, name, "http"),
    sse: (server, name) => refused(server, name, "sse"),
  });
}

/** Refuses `_` in a server's name, for a harness that joins the names of server and tool by one. */
export const withoutUnderscores = (names: List<string>): List<Problem> =>
  each(names, (name) =>
    when(matches("[a-z0-9-]*_[a-z0-9_-]*", name), [
      {
        option: "mcpServers",
        problem: t`mcpServers.${name}: this harness names a tool <server>_<tool>, so that a permission could mean another server`,
        fix: "rename the server, with - instead of _",
      },
    ]),
  );

/** A server's `timeout` in milliseconds, as most harnesses have it. */
export const toolTimeout = (toolTimeoutSec: Server<"http">["toolTimeoutSec"]) =>
  given(toolTimeoutSec, (seconds) => ({ timeout: milliseconds(seconds) }));
