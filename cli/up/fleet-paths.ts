import { join, resolve } from "node:path";
import * as z from "zod";
import { declarationOf, ownIn } from "../../harnesses/fleet.ts";
import { HARNESSES } from "../../harnesses/registry.ts";
import { metaOf } from "../../schema/introspect.ts";
import { Libraries } from "../../schema/library.ts";
import { unwrap } from "../../schema/wrappers.ts";

export interface Base {
  /** Folder of the fleet file. */
  readonly folder: string;
  readonly home: string | undefined;
}

/**
 * A fleet as its file declares it, where `./…` and `../…` are relative to that file and `~/…` to the home directory, in
 * every field of a path's type, those of a harness's options too. Nothing else is changed or checked.
 */
export function withAbsolutePaths(fleet: unknown, base: Base): unknown {
  const harnesses = [...HARNESSES, ...ownIn(fleet)];
  const agents = z.record(z.string(), declarationOf(harnesses));
  return absolute(Libraries.extend({ agents }), fleet, base);
}

function absolute(outer: z.core.$ZodType, value: unknown, base: Base): unknown {
  const within = unwrap(outer);
  if (within instanceof z.ZodOptional) return absolute(within.unwrap(), value, base);
  if (typeof value === "string") return metaOf(outer).isPath ? resolved(value, base) : value;
  if (Array.isArray(value))
    return within instanceof z.ZodArray
      ? value.map((item) => absolute(within.element, item, base))
      : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const type = typeOf(within, key, value);
      return [key, type === undefined ? child : absolute(type, child, base)];
    }),
  );
}

/** The type of an object's field; of a union in the variant that the object is. */
function typeOf(within: z.core.$ZodType, key: string, value: object): z.core.$ZodType | undefined {
  if (within instanceof z.ZodObject) return within.shape[key];
  if (within instanceof z.ZodRecord) return within.valueType;
  if (!(within instanceof z.ZodDiscriminatedUnion)) return undefined;
  const tag: unknown = Reflect.get(value, within.def.discriminator);
  const variant = within.options.find(
    (option) =>
      option instanceof z.ZodObject &&
      z.safeParse(option.shape[within.def.discriminator], tag).success,
  );
  return variant && typeOf(variant, key, value);
}

function resolved(path: string, { folder, home }: Base): string {
  if (/^\.\.?(\/|$)/.test(path)) return resolve(folder, path);
  return home !== undefined && /^~(\/|$)/.test(path) ? resolve(join(home, path.slice(1))) : path;
}
