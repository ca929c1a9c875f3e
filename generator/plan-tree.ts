import * as z from "zod";
import { type Harness, recordFor } from "../schema/recipe/harness.ts";
import { fields, given, is, mapValues, t, when } from "../schema/recipe/index.ts";
import type { Node } from "../schema/recipe/node.ts";
import { literal } from "../schema/recipe/node.ts";
import { lower } from "../schema/recipe/record.ts";
import type { Text } from "../schema/recipe/types.ts";

const noOptions = z.strictObject({});
const common = (build: Parameters<typeof recordFor<typeof noOptions>>[1], where: string): Node =>
  recordFor(noOptions, build, where);

/** Variables that every agent gets, whatever its harness; nothing else may set them. */
export const COMMON_ENV = ["FORGE_AGENT", "FORGE_SIGNAL", "HOME", "LANG", "PATH", "SHELL"] as const;

/** The parts of a plan that are the same for every harness. A recipe's own parts are laid between or over them. */
const COMMON = {
  agent: common((a) => a.name, "agent"),
  argv: common((a) => [a.bin], "argv"),
  credentials: common(
    (a) => mapValues(a.secrets, (secret) => ({ source: secret.file, delivery: secret.delivery })),
    "credentials",
  ),
  description: common((a) => a.description, "description"),
  env: common(
    (a): { readonly [V in (typeof COMMON_ENV)[number]]: Text } => ({
      FORGE_AGENT: a.name,
      FORGE_SIGNAL: a.signal,
      HOME: a.home,
      LANG: "C.UTF-8",
      PATH: a.path,
      SHELL: a.shell,
    }),
    "env",
  ),
  environment: common((a) => fields(a.environment), "environment"),
  extraArgs: common((a) => [...a.extraArgs], "extraArgs"),
  home: common((a) => a.home, "home"),
  package: common((a) => a.package, "package"),
  resources: common((a) => a.resources, "resources"),
  workdir: common((a) => a.workdir, "workdir"),
} as const;

export const concat = (...lists: readonly Node[]): Node => ({
  op: "list",
  items: lists.flatMap((node) => (node.op === "list" ? node.items : [{ splice: true, node }])),
});

const merge = (...objects: readonly Node[]): Node => ({
  op: "object",
  fields: objects.flatMap((node) => (node.op === "object" ? node.fields : [{ key: null, node }])),
});

/** What an agent of a person shares of their login. */
function sharedLogin({ login }: Harness): { readonly env: Node; readonly links: Node } {
  const theirs = (name: string, path: string) =>
    common((a) => given(a.person, (person) => ({ [name]: t`${person}/${path}` })), "login");
  const nothing: Node = { op: "object", fields: [] };
  return "variable" in login
    ? { env: theirs(login.variable, login.folder), links: nothing }
    : { env: nothing, links: theirs(login.as, `${login.folder}/${login.file}`) };
}

/** The whole plan of a harness as one tree over `agent`, `options`, `place` and `library`. Keys in sorted order. */
export function planTree(harness: Harness): Node {
  const { trees } = harness;
  const login = sharedLogin(harness);
  const plan: { readonly [key: string]: Node } = {
    acp: trees.acp,
    agent: COMMON.agent,
    argv: concat(COMMON.argv, trees.argv, COMMON.extraArgs),
    credentials: COMMON.credentials,
    databases: lower(harness.databases),
    description: COMMON.description,
    env: merge(COMMON.env, login.env, trees.env, COMMON.environment),
    files: trees.files,
    hardening: lower(harness.hardening),
    harness: literal(harness.name),
    headless: trees.headless,
    home: COMMON.home,
    links: login.links,
    package: COMMON.package,
    resources: COMMON.resources,
    resume: common((a) => when(is(a.resume, "always"), harness.resume), "resume"),
    seed: trees.seed,
    terminal: lower(harness.terminal),
    version: literal(1),
    workdir: COMMON.workdir,
  };
  return {
    op: "object",
    fields: Object.entries(plan).map(([key, node]) => ({ key: literal(key), node })),
  };
}
