import * as z from "zod";
import { AGENT_NAME, AGENT_NAME_PATTERN } from "./agent-name.ts";

/** How a field is declared on NixOS where its zod type alone does not say it. See generator/nix/options.ts. */
export type NixType = "externalPath" | "nonEmptyStr" | "json" | "package" | "path" | "text";

declare module "zod" {
  interface GlobalMeta {
    nixType?: NixType;
    /** Whether a fleet file may write the path relative to itself or to the home directory: cli/up/fleet-paths.ts. */
    isPath?: boolean;
  }
}

export const AgentName = z.string().regex(AGENT_NAME_PATTERN, {
  error: `expected a lower-case letter, then at most ${AGENT_NAME.longest - 1} of a-z, 0-9 and - (it names a unit and a user)`,
});

export const LibraryName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, {
  error: "expected a lower-case letter, then at most 62 of a-z, 0-9 and -",
});

/** Tools of a server are named after it, mostly behind `__`. */
export const ServerName = z.string().regex(/^[a-z](_?[a-z0-9-]){0,62}$/, {
  error: "expected a lower-case letter, then a-z, 0-9, - and single _, but no _ at the end",
});

export const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  error: "expected the name of an environment variable: letters, digits and _, no digit first",
});

export const NonEmpty = z
  .string()
  .regex(/[^ \t\n]/, { error: "expected text that is not blank" })
  .meta({ nixType: "nonEmptyStr" });

/** A path on the machine that runs the agent. Not in the Nix store, which everyone can read. */
export const ExternalPath = z
  .string()
  .regex(/^\/(?!nix\/store(\/|$))/, {
    error: "expected an absolute path outside the Nix store (everyone can read the store)",
  })
  .meta({ nixType: "externalPath", isPath: true });

/** A folder on the machine that runs the agent, by its one spelling. */
export const Folder = z
  .string()
  .regex(/^(\/[^/]+)+$/, { error: "expected an absolute path" })
  .meta({ isPath: true });

/** Text of several lines. On NixOS also a file that holds it. */
export const Text = z.string().meta({ nixType: "text" });

/** A file or folder that becomes part of the system closure. */
export const SourcePath = z
  .string()
  .regex(/^\//, { error: "expected an absolute path" })
  .meta({ nixType: "path", isPath: true });

export const PackagePath = z
  .string()
  .regex(/^\//, { error: "expected the absolute path of a folder that holds bin/" })
  .meta({ nixType: "package", isPath: true });

/** Data that forge passes on to a harness as it is. */
export const Freeform = z.record(z.string(), z.json()).meta({ nixType: "json" });
