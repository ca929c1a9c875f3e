import { keyLike } from "../schema/key-looks.ts";
import type { TextOrSecret } from "../schema/library.ts";
import type { Library, Problem, Subject } from "../schema/recipe/harness.ts";
import {
  each,
  eachServer,
  is,
  keys,
  matches,
  not,
  type Server,
  t,
  textOrSecret,
  when,
} from "../schema/recipe/index.ts";
import type { Dict, Items, List, Text } from "../schema/recipe/types.ts";

/** What the types of an agent's MCP servers cannot say. */
export const serverRules = (a: Subject, library: Library): List<Problem> =>
  eachServer(a.mcpServers, library, {
    stdio: ({ command, args, env }, name) => [
      ...absolute(name, command),
      ...literal(t`${name}.stdio.command`, command),
      ...each(args, (argument) => literal(t`${name}.stdio.args`, argument)),
      ...values(a, t`${name}.stdio.env`, env),
    ],
    http: (server, name) => remote(a, t`${name}.http`, server),
    sse: (server, name) => remote(a, t`${name}.sse`, server),
  });

const remote = (a: Subject, at: Text, { url, headers }: Server<"http" | "sse">) => [
  ...address(t`${at}.url`, url),
  ...literal(t`${at}.url`, url),
  ...values(a, t`${at}.headers`, headers),
  ...headerNames(t`${at}.headers`, headers),
];

const problem = (at: Text, what: Text, fix: Text): Problem => ({
  option: "mcpServers",
  problem: t`mcpServers.${at}: ${what}`,
  fix,
});

const absolute = (name: Text, command: Text) =>
  when(not(matches("/[^\n]*[^/\n]", command)), [
    problem(
      t`${name}.stdio.command`,
      t`"${command}" is not the absolute path of a program, and no PATH is searched`,
      t`give an absolute path; on NixOS, mcpServers.${name}.stdio.command = lib.getExe pkgs.<package>`,
    ),
  ]);

const address = (at: Text, url: Text) =>
  when(not(matches("https?://[^ /\n][^ \n]*", url)), [
    problem(at, t`"${url}" is not the URL of a server`, "begin it with https:// or http://"),
  ]);

const headerNames = (at: Text, headers: Dict<TextOrSecret>) =>
  each(keys(headers), (name) =>
    when(not(matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+", name)), [
      problem(at, t`"${name}" cannot be the name of a header`, "use letters, digits and -"),
    ]),
  );

/** Harnesses write references differently, and some fill them in where others send them as they are. */
const ANY = "([^a]|a)*"; // a dot is another thing in JavaScript than in Nix
const REFERENCE = `${ANY}([$][{A-Za-z_]|[{](env|file):)${ANY}`;

/** In text, which everybody can read in the Nix store. */
const PASTED = `(|${ANY}[^A-Za-z])${keyLike(30)}${ANY}`;
const READABLE = "the value looks like a key, and everybody could read it";

const literal = (at: Text, text: Text): Items<Problem> => [
  ...when(matches(PASTED, text), [
    problem(at, READABLE, 'declare a secret, and write { secret = "NAME"; } in env or headers'),
  ]),
  ...when(matches(REFERENCE, text), [
    problem(
      at,
      t`"${text}" looks like a reference to a variable, and would be sent as it is`,
      'put secrets into env or headers, as { secret = "NAME"; prefix = "…"; }',
    ),
  ]),
];

const values = (a: Subject, at: Text, of: Dict<TextOrSecret>): Items<Problem> => [
  ...each(keys(of), (key) =>
    textOrSecret(of.at(key), {
      text: (text) => [...literal(t`${at}.${key}`, text)],
      secret: ({ secret, prefix }) => [
        ...literal(t`${at}.${key}.prefix`, prefix),
        ...declared(a, t`${at}.${key}`, secret),
      ],
    }),
  ),
];

const declared = (a: Subject, at: Text, secret: Text) => [
  ...when(not(a.secrets.has(secret)), [
    problem(
      at,
      t`the agent has no secret ${secret}`,
      t`declare secrets.${secret}, or take the server out of mcpServers`,
    ),
  ]),
  ...when(a.secrets.has(secret), [
    ...when(not(is(a.secrets.at(secret).delivery, "env")), [
      problem(
        at,
        t`secrets.${secret} is delivered as a file, so the path would be sent`,
        t`set secrets.${secret}.delivery = "env"`,
      ),
    ]),
  ]),
];

/** A variable whose whole value is a reference was meant to hold what that stands for. */
export const environmentRules = (a: Subject): Items<Problem> => [
  ...each(keys(a.environment), (name) =>
    when(matches(PASTED, a.environment.at(name)), [
      {
        option: t`environment.${name}`,
        problem: READABLE,
        fix: t`write the key to a file that only you can read, and declare secrets.${name}.file`,
      },
    ]),
  ),
  ...each(keys(a.environment), (name) =>
    when(
      matches(
        "[$][A-Z_][A-Z0-9_]*|[$][{][^}\n]*[}]|[{](env|file):[^}\n]*[}]",
        a.environment.at(name),
      ),
      [
        {
          option: t`environment.${name}`,
          problem: t`"${a.environment.at(name)}" looks like a reference, and would be the value as it is`,
          fix: t`declare secrets.${name}, or write the value`,
        },
      ],
    ),
  ),
];
