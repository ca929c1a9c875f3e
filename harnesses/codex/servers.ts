import type { Library } from "../../schema/recipe/harness.ts";
import {
  and,
  type Entries,
  each,
  eachSecret,
  eachServer,
  given,
  isEmpty,
  join,
  keys,
  match,
  matches,
  not,
  quote,
  record,
  type Server,
  strangeEntries,
  type Text,
  t,
  textOrSecret,
  texts,
  when,
} from "../../schema/recipe/index.ts";
import type { Agent } from "./options.ts";

/** As the server names them. Without a server there is none. */
const mcpTools = (a: Agent): Entries => ({
  tools: [],
  patterns: [...when(not(isEmpty(a.mcpServers)), ["[A-Za-z0-9_./-]+"])],
  dead: ["mcp__[^\n]*"],
  form: "write the name that the MCP server gives to the tool, without the server's own; the server goes into mcpServers",
});

/**
 * codex hands on variables by their own names only, and takes no secret into a value: a shell does both. It gives all
 * variables their values at once, as one may have the name of a secret that another one needs.
 */
const program = (a: Agent, { command, args, env }: Server<"stdio">) => {
  const secrets = eachSecret(env, (_, { secret }) => [secret]);
  const values = each(keys(env), (name) =>
    textOrSecret(env.at(name), {
      text: (text) => [t`${name}=${quote(text)}`],
      secret: ({ secret, prefix }) => [t`${name}=${quote(prefix)}"$${secret}"`],
    }),
  );
  return when(
    isEmpty(secrets),
    { command, args, env: texts(env) },
    {
      command: a.shell,
      args: ["-c", t`export ${join(" ", values)}; exec "$0" "$@"`, command, ...args],
      env_vars: secrets,
    },
  );
};

const isBearer = (name: Text, prefix: Text) =>
  and(matches("[Aa]uthorization", name), matches("[Bb]earer ", prefix));

const limits = ({
  startupTimeoutSec,
  toolTimeoutSec,
}: Pick<Server<"http">, "startupTimeoutSec" | "toolTimeoutSec">) => ({
  ...given(startupTimeoutSec, (seconds) => ({ startup_timeout_sec: seconds })),
  ...given(toolTimeoutSec, (seconds) => ({ tool_timeout_sec: seconds })),
});

const address = ({ url, headers }: Server<"http" | "sse">) => ({
  url,
  http_headers: texts(headers),
  env_http_headers: record(
    eachSecret(headers, (name, { prefix }) => when(isEmpty(prefix), [name])),
    (name) => name,
    (name) => textOrSecret(headers.at(name), { text: () => "", secret: ({ secret }) => secret }),
  ),
  ...record(
    eachSecret(headers, (name, { secret, prefix }) => when(isBearer(name, prefix), [secret])),
    () => "bearer_token_env_var",
    (secret) => secret,
  ),
});

/** codex sends a secret as a whole header, or as a bearer token; and it knows one transport over HTTP. */
const unreachable = (a: Agent, library: Library) =>
  eachServer(a.mcpServers, library, {
    stdio: () => [],
    http: ({ headers }, server) => [
      ...eachSecret(headers, (name, { prefix }) =>
        when(and(not(isEmpty(prefix)), not(isBearer(name, prefix))), [
          {
            option: "mcpServers",
            problem: t`codex cannot send the header ${name} of ${server} with a prefix before a secret`,
            fix: 'take the prefix out, or make it "Bearer " in Authorization',
          },
        ]),
      ),
    ],
    sse: (_, server) => [
      {
        option: "mcpServers",
        problem: t`codex does not support SSE, the transport of ${server}`,
        fix: t`use the server's address for streamable HTTP (mcpServers.${server}.http), or a program that stands between (mcpServers.${server}.stdio)`,
      },
    ],
  });

export const servers = (a: Agent, library: Library) => {
  const consent = {
    disabled_tools: a.options.denyMcpTools,
    tools: record(
      a.options.allowMcpTools,
      (tool) => tool,
      () => ({ approval_mode: "approve" }),
    ),
  };
  return {
    // codex's own, by which the model would begin further conversations
    codex_tui: { command: a.bin, enabled: false },
    ...record(
      a.mcpServers,
      (name) => name,
      (name) =>
        match(library.mcpServers.at(name), {
          stdio: (server) => ({ ...program(a, server), ...limits(server), ...consent }),
          http: (server) => ({ ...address(server), ...limits(server), ...consent }),
          sse: address, // a rule refuses it
        }),
    ),
  };
};

export const serverRules = (a: Agent, library: Library) => [
  ...strangeEntries("codex.allowMcpTools", a.options.allowMcpTools, mcpTools(a)),
  ...strangeEntries("codex.denyMcpTools", a.options.denyMcpTools, mcpTools(a)),
  ...unreachable(a, library),
];
