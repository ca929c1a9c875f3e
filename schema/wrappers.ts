import * as z from "zod";

export type Schema = z.core.$ZodType;
export type Wrapper = z.ZodDefault | z.ZodNullable | z.ZodPrefault | z.ZodReadonly;

/** Schemas around another one that change when a value may be left out or null, not what it is. */
export const isWrapper = (schema: Schema): schema is Wrapper =>
  schema instanceof z.ZodDefault ||
  schema instanceof z.ZodPrefault ||
  schema instanceof z.ZodNullable ||
  schema instanceof z.ZodReadonly;

/** The schema below every wrapper. */
export const unwrap = (schema: Schema): Schema =>
  isWrapper(schema) ? unwrap(schema.unwrap()) : schema;

/** The schema of a parsed value: defaults are filled in, but it may still be null. */
export const unwrapDefaults = (schema: Schema): Schema =>
  isWrapper(schema) && !(schema instanceof z.ZodNullable)
    ? unwrapDefaults(schema.unwrap())
    : schema;
