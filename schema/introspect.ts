import * as z from "zod";
import { isWrapper, type Schema } from "./wrappers.ts";

/** What a schema says besides its type; the outermost description or example wins. */
export function metaOf(schema: Schema): z.GlobalMeta {
  const own = schema instanceof z.ZodType ? schema.meta() : undefined;
  const inner = isWrapper(schema) ? metaOf(schema.unwrap()) : {};
  return { ...inner, ...own };
}

/** The value that a field has when it is left out; undefined when it must be given. */
export function defaultOf(schema: z.core.$ZodType): { readonly value: unknown } | undefined {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return { value: schema.def.defaultValue };
  return isWrapper(schema) ? defaultOf(schema.unwrap()) : undefined;
}

/** Definitions of the checks that a schema carries beyond its type. */
export const checksOf = (schema: Schema): readonly z.core.$ZodCheckDef[] =>
  (schema._zod.def.checks ?? []).map((check) => check._zod.def);

/** The pattern of a text whose only check is one `.regex()`. */
export function patternOf(schema: Schema): RegExp | undefined {
  const [only, ...others] = checksOf(schema);
  if (!only || others.length > 0 || only.check !== "string_format") return undefined;
  return "pattern" in only && only.pattern instanceof RegExp ? only.pattern : undefined;
}
