import { defineHarness, t, when, z } from "@forge-agents/forge/recipe";

/** Says what it is told. */
export const mirror = defineHarness({
  name: "mirror",
  package: { nixpkgs: "mirror", npm: "mirror", bin: "mirror", licence: "MIT", unfree: false },
  tested: null,
  first: { model: "none", secret: "MIRROR_KEY" },
  options: z.strictObject({ loud: z.boolean().default(false) }),
  terminal: {
    ready: { screen: "^mirror>" },
    busy: { screen: "^thinking" },
    ...{ login: null, dialog: null, rateLimited: null, refused: null, clear: [] },
    quit: "/quit",
    submitDelay: 20,
  },
  adapter: null,
  library: { skillFields: [], pluginFiles: [] },
  trust: null,
  login: { folder: ".mirror", variable: "MIRROR_HOME" },
  databases: [],
  assets: ["words.txt"],
  resume: [],
  rules: () => [],
  argv: (a) => [t`${a.assets}/words.txt`, ...when(a.options.loud, ["--loud"])],
  env: () => ({}),
  files: (a) => ({ "role.md": { text: a.role } }),
  seed: () => ({}),
  headless: (a) => ({ prompt: "stdin", argv: [a.bin], env: {} }),
  acp: () => null,
  stub: () => ({ model: "none", secret: "MIRROR_KEY", options: {} }),
});
