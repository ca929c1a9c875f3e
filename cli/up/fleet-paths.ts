import { join, resolve } from "node:path";
import * as z from "zod";
import { declarationOf } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { metaOf } from "../../schema/introspect.ts";
import { Libraries } from "../../schema/library.ts";
import { unwrap } from "../../schema/wrappers.ts";

export interface Base {
  /** Folder of the fleet file. */
  readonly folder: string;
  readonly home: string | undefined;
}

const FLEET = Libraries.extend({ agents: z.record(z.string(), declarationOf(HARNESSES)) });

/**
 * A fleet as its file declares it, where `./…` and `../…` are relative to that file and `~/…` to the home directory, in
 * every field of a path's type. Nothing else is changed or checked.
 */
export const withAbsolutePaths = (fleet: unknown, base: Base): unknown =>
  absolute(FLEET, fleet, base);

const PATH_TYPES: ReadonlySet<unknown> = new Set(["externalPath", "package", "path"]);

function absolute(outer: z.core.$ZodType, value: unknown, base: Base): unknown {
  const within = unwrap(outer);
  if (within instanceof z.ZodOptional) return absolute(within.unwrap(), value, base);
  if (typeof value === "string")
    return PATH_TYPES.has(metaOf(outer).nixType) ? resolved(value, base) : value;
  if (Array.isArray(value))
    return within instanceof z.ZodArray
      ? value.map((item) => absolute(within.element, item, base))
      : value;
  if (typeof value !== "object" || value === null) return value;
  const typeOf = (key: string): z.core.$ZodType | undefined =>
    within instanceof z.ZodObject
      ? within.shape[key]
      : within instanceof z.ZodRecord
        ? within.valueType
        : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const type = typeOf(key);
      return [key, type === undefined ? child : absolute(type, child, base)];
    }),
  );
}

function resolved(path: string, { folder, home }: Base): string {
  if (/^\.\.?(\/|$)/.test(path)) return resolve(folder, path);
  return home !== undefined && /^~(\/|$)/.test(path) ? join(home, path.slice(1)) : path;
}
