import type { Plan } from "../schema/plan.ts";
import { type Harness, recordFor } from "../schema/recipe/harness.ts";
import { fields, given, is, mapValues, record, t, when } from "../schema/recipe/index.ts";
import { literal, type Node } from "../schema/recipe/node.ts";
import type { Text, Value } from "../schema/recipe/types.ts";
import { type Own, recordCommon } from "./common-variables.ts";

/** Variables that every agent gets, whatever its harness; nothing else may set them. */
export const COMMON_ENV = ["FORGE_AGENT", "FORGE_SIGNAL", "HOME", "LANG", "PATH", "SHELL"] as const;
type CommonEnv = { readonly [V in (typeof COMMON_ENV)[number]]: Text };

/** The plan of an agent in any harness: what all share, around its `own` parts. Keys in sorted order. */
export const commonPlan = (): Node =>
  recordCommon((a, { harness, library, own }) => {
    const env: CommonEnv = {
      FORGE_AGENT: a.name,
      FORGE_SIGNAL: a.signal,
      HOME: a.home,
      LANG: "C.UTF-8",
      PATH: a.path,
      SHELL: a.shell,
    };
    return {
      acp: own.acp,
      agent: a.name,
      argv: [a.bin, ...own.argv, ...a.extraArgs],
      credentials: mapValues(a.secrets, ({ file, delivery }) => ({ source: file, delivery })),
      databases: harness.databases,
      description: a.description,
      env: { ...env, ...fields(own.env), ...fields(a.environment) },
      environmentFiles: a.environmentFiles,
      files: own.files,
      harness: harness.name,
      headless: own.headless,
      home: a.home,
      library: {
        pluginFiles: harness.library.pluginFiles,
        plugins: record(
          a.plugins,
          (name) => name,
          (name) => library.plugins.at(name).source,
        ),
        skillFields: harness.library.skillFields,
        skills: record(
          a.skills,
          (name) => name,
          (name) => library.skills.at(name).source,
        ),
      },
      links: own.links,
      package: a.package,
      resources: a.resources,
      resume: when(is(a.resume, "always"), [...harness.resume]),
      seed: own.seed,
      terminal: harness.terminal,
      trust: harness.trust,
      version: 1,
      workdir: a.workdir,
    } satisfies { readonly [K in keyof Plan]: Value };
  });

/** The parts of a plan that the recipe makes, over `agent`, `options`, `place` and `library`. */
export function ownPlan(harness: Harness): Node {
  const { acp, argv, env, files, headless, seed } = harness.trees;
  const login = sharedLogin(harness);
  const own: { readonly [K in keyof Own]: Node } = {
    acp,
    argv,
    env: merge(login.env, env),
    files,
    headless,
    links: login.links,
    seed,
  };
  return {
    op: "object",
    fields: Object.entries(own).map(([key, node]) => ({ key: literal(key), node })),
  };
}

/** What an agent of a person shares of their login. */
function sharedLogin({ login, options }: Harness): { readonly env: Node; readonly links: Node } {
  const theirs = (name: string, path: string) =>
    recordFor(
      options,
      (a) => given(a.person, (person) => ({ [name]: t`${person}/${path}` })),
      "login",
    );
  const nothing: Node = { op: "object", fields: [] };
  return "variable" in login
    ? { env: theirs(login.variable, login.folder), links: nothing }
    : { env: nothing, links: theirs(login.as, `${login.folder}/${login.file}`) };
}

const merge = (...objects: readonly Node[]): Node => ({
  op: "object",
  fields: objects.flatMap((node) => (node.op === "object" ? node.fields : [{ key: null, node }])),
});
