/** How esbuild makes one of forge's programs of our sources and all libraries. */
export const PROGRAM = {
  bundle: true,
  platform: "node",
  format: "esm",
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
} as const;
