/** JSON as data. Numbers are integers wherever forge decides; `settings` may hold any. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** The object that a text holds; an empty one if it holds none. For text that anyone may have written. */
export function objectIn(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Nix sorts attribute names by UTF-8 bytes; JavaScript by UTF-16 units, and integers first. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Compact JSON with keys in the order of `builtins.toJSON`: equal values give equal bytes. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = sortedKeys(value).map(
    (key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`,
  );
  return `{${fields.join(",")}}`;
}

/** Own keys in the order of `builtins.attrNames`. */
export const sortedKeys = (value: object): readonly string[] => Object.keys(value).sort(byBytes);
