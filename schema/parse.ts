import * as z from "zod";
import { didYouMean } from "./did-you-mean.ts";
import { echoOf } from "./echo.ts";
import { type ErrorCode, ForgeError } from "./errors.ts";
import { unwrap } from "./wrappers.ts";

/**
 * Validates `input` and returns it typed, or throws one ForgeError that lists every problem with its
 * full path. `where` is the root that paths are shown under, such as `plan.json` or `agents.reviewer`.
 */
export function parse<S extends z.ZodType>(
  schema: S,
  input: unknown,
  { code, where, fix }: { code: ErrorCode; where: string; fix: string },
): z.output<S> {
  const problems = [...unprintable(input, where)];
  const result = schema.safeParse(input, { reportInput: true });
  if (!result.success) problems.push(...describe(result.error.issues, schema, where));
  if (result.success && problems.length === 0) return result.data;
  throw new ForgeError(code, problems.join("\n"), { fix });
}

/** Nix strings have no NUL, and JSON text has no lone surrogate: such text would differ between back ends. */
function* unprintable(value: unknown, where: string): Generator<string> {
  if (typeof value === "string") {
    if (value.includes("\0")) yield `${where}: text holds a NUL byte`;
    if (!value.isWellFormed()) yield `${where}: text is not well-formed Unicode (lone surrogate)`;
  } else if (typeof value === "object" && value !== null) {
    for (const [key, child] of Object.entries(value)) {
      yield* unprintable(key, `${where} (a key)`);
      yield* unprintable(child, `${where}.${key}`);
    }
  }
}

function describe(issues: readonly z.core.$ZodIssue[], schema: z.ZodType, where: string): string[] {
  return issues.flatMap((issue) => {
    const at = [where, ...issue.path.map(String)].join(".");
    if (issue.code === "unrecognized_keys") {
      const known = knownKeys(schema, issue.path);
      return issue.keys.map((key) => `${at}.${key}: no such field${didYouMean(key, known)}`);
    }
    if (issue.code === "invalid_union" && issue.errors.length > 0) {
      const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0] ?? [];
      return nearest.length > 0
        ? describe(nearest, schema, at)
        : [`${at}: ${issue.message.toLowerCase()}`];
    }
    if (issue.code === "invalid_key") {
      const [reason] = issue.issues;
      const parent = [where, ...issue.path.slice(0, -1).map(String)].join(".");
      const name = echoOf(issue.path.at(-1), []) ?? "of a field";
      return [`${parent}: the name ${name}: ${reason?.message ?? "not allowed"}`];
    }
    if (issue.code === "invalid_type" && issue.input === undefined) {
      return [`${at}: required, but missing (expected ${issue.expected})`];
    }
    const values = issue.code === "invalid_value" ? issue.values.map(String) : [];
    const echo = echoOf(issue.input, issue.path);
    const given = echo === undefined ? "" : `, got ${echo}`;
    const hint = typeof issue.input === "string" ? didYouMean(issue.input, values) : "";
    if (isSecret(issue.path) && typeof issue.input === "string")
      return [`${at}: expected { file: "/path/of/the/key" }, not the key itself`];
    return [`${at}: ${plainMessage(issue)}${given}${hint}`];
  });
}

const isSecret = (path: readonly PropertyKey[]): boolean => path.at(-2) === "secrets";

/** A schema's own words (a `message` on the check) win over zod's. */
const plainMessage = (issue: z.core.$ZodIssue): string =>
  issue.message.replace(/^Invalid (input|option|string): ?/, "").replace(/, received .*$/, "");

function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: z.core.$ZodType = schema;
  for (const step of path) at = childOf(inside(at), step) ?? z.never();
  const inner = inside(at);
  const shapes = inner instanceof z.ZodDiscriminatedUnion ? inner.options : [inner];
  return shapes.flatMap((shape) => (shape instanceof z.ZodObject ? Object.keys(shape.shape) : []));
}

function inside(schema: z.core.$ZodType): z.core.$ZodType {
  const inner = unwrap(schema);
  return inner instanceof z.ZodOptional ? inside(inner.unwrap()) : inner;
}

function childOf(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[String(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}
