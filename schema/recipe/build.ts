import * as z from "zod";
import { ForgeError } from "../errors.ts";
import { SecretReference, type TextOrSecret } from "../library.ts";
import { unwrapDefaults } from "../wrappers.ts";
import { type FunctionName, literal, type Node } from "./node.ts";
import { bind, expression, lower, schemaOf, singular } from "./record.ts";
import type {
  AnyDict,
  Bool,
  Dict,
  Expr,
  Items,
  Leaf,
  Lifted,
  List,
  Maybe,
  Text,
  Value,
  Variants,
} from "./types.ts";

/** Text: t`/etc/${a.name}`. The only way to put an expression into a string. */
export function t(strings: TemplateStringsArray, ...values: readonly Text[]): Leaf<string> {
  const parts = strings.flatMap((part, i) => [
    ...(part ? [literal(part)] : []),
    ...(i < values.length ? textParts(lower(values[i])) : []),
  ]);
  return expression<string>({ op: "text", parts });
}

const textParts = (node: Node): readonly Node[] => (node.op === "text" ? node.parts : [node]);

/** `then` if the condition holds, else `otherwise`; lists and objects may leave that out and spread as nothing. */
export function when<V extends Value>(condition: Bool, then: V): Lifted<V>;
export function when<V extends Value, W extends Value>(
  condition: Bool,
  then: V,
  otherwise: W,
): Lifted<V | W>;
export function when(condition: Bool, then: Value, otherwise?: Value): unknown {
  return choose(lower(condition), lower(then), otherwise);
}

/** Opens a nullable value: inside, it is not null. */
export function given<T, V extends Value>(
  value: Maybe<T>,
  then: (present: Expr<T>) => V,
): Lifted<V>;
export function given<T, V extends Value, W extends Value>(
  value: Maybe<T>,
  then: (present: Expr<T>) => V,
  otherwise: W,
): Lifted<V | W>;
export function given(
  value: object,
  then: (present: Expr<unknown>) => Value,
  otherwise?: Value,
): unknown {
  const node = lower(value);
  const schema = schemaOf(value);
  const inner = schema instanceof z.ZodNullable ? unwrapDefaults(schema.unwrap()) : undefined;
  const present = call("not", [call("isNull", [node])]);
  return choose(present, lower(then(expression<unknown>(node, inner))), otherwise);
}

function choose(condition: Node, then: Node, otherwise: Value | undefined): unknown {
  const fallback = otherwise === undefined ? nothingLike(then) : lower(otherwise);
  return expression({ op: "if", condition, yes: then, no: fallback });
}

function nothingLike(node: Node): Node {
  const shape =
    node.op === "if"
      ? nothingLike(node.yes).op
      : node.op === "match"
        ? node.arms[0]?.body.op
        : node.op;
  if (shape === "list" || shape === "each") return { op: "list", items: [] };
  if (shape === "object" || shape === "record" || shape === "mapValues")
    return { op: "object", fields: [] };
  throw new ForgeError("RECIPE_INVALID", "a choice of single values lacks its other case", {
    fix: "give when() or given() a value for that case too",
  });
}

/** One arm per enum member, or per variant of a discriminated union; a missing arm does not compile. */
export function match<E extends string, V extends Value>(
  on: Leaf<E>,
  arms: { readonly [K in E]: V },
): Lifted<V>;
export function match<T extends { kind: string }, V extends Value>(
  on: Variants<T>,
  arms: { readonly [K in T["kind"]]: (as: Expr<Omit<Extract<T, { kind: K }>, "kind">>) => V },
): Lifted<V>;
export function match(on: object, arms: { readonly [tag: string]: unknown }): unknown {
  const schema = schemaOf(on);
  const union = schema instanceof z.ZodDiscriminatedUnion;
  return expression({
    op: "match",
    on: lower(on),
    union,
    arms: Object.entries(arms).map(([tag, arm]) => {
      if (typeof arm !== "function") return { tag, variable: null, body: lower(arm) };
      const { variable, result } = bind(tag, union ? variantOf(schema, tag) : undefined, (as) =>
        lower(arm(as)),
      );
      return { tag, variable, body: result };
    }),
  });
}

/** Opens a text that may come from a secret. */
export function textOrSecret<V extends Value, W extends Value>(
  value: Variants<TextOrSecret>,
  arms: {
    readonly text: (text: Leaf<string>) => V;
    readonly secret: (reference: Expr<SecretReference>) => W;
  },
): Lifted<V | W>;
export function textOrSecret(
  value: object,
  {
    text,
    secret,
  }: { text: (of: Leaf<string>) => Value; secret: (of: Expr<SecretReference>) => Value },
): unknown {
  const node = lower(value);
  const yes = lower(text(expression<string>(node, z.string())));
  const no = lower(secret(expression<SecretReference>(node, SecretReference)));
  return expression({ op: "if", condition: call("isText", [node]), yes, no });
}

const variantOf = (schema: z.ZodDiscriminatedUnion, tag: string): z.core.$ZodType | undefined =>
  schema.options.find((option) => {
    if (!(option instanceof z.ZodObject)) return false;
    const kind: unknown = option.shape["kind"];
    return kind instanceof z.ZodLiteral && kind.values.has(tag);
  });

const elementOf = (value: unknown): z.core.$ZodType | undefined => {
  const schema = schemaOf(value);
  return schema instanceof z.ZodArray ? schema.element : undefined;
};

/** Several list items per element: spread it. */
export function each<E, V extends readonly unknown[] | List<unknown>>(
  over: List<E>,
  body: (element: Expr<E>) => V,
): Lifted<V>;
export function each<V extends readonly unknown[] | List<unknown>>(
  over: Items<string>,
  body: (element: Leaf<string>) => V,
): Lifted<V>;
export function each(over: object, body: (element: Expr<unknown>) => unknown): unknown {
  const list = lower(over);
  const { variable, result } = bind(singular(list), elementOf(over), (element: Expr<unknown>) =>
    lower(body(element)),
  );
  return expression({ op: "each", over: list, variable, body: result });
}

/** One field per list element: spread it into an object. Of equal keys the first wins. */
export function record<E, V extends Value>(
  over: List<E>,
  key: (element: Expr<E>) => Text,
  value: (element: Expr<E>) => V,
): { readonly [key: string]: V };
export function record(
  over: object,
  key: (element: Expr<unknown>) => unknown,
  value: (element: Expr<unknown>) => unknown,
): unknown {
  const list = lower(over);
  const { variable, result } = bind(singular(list), elementOf(over), (element: Expr<unknown>) => ({
    key: lower(key(element)),
    value: lower(value(element)),
  }));
  return expression({ op: "record", over: list, variable, ...result });
}

/** The same keys with other values: spread it into an object, or use it as one. */
export function mapValues<T, V extends Value>(
  over: Dict<T>,
  value: (of: Expr<T>) => V,
): { readonly [key: string]: V };
export function mapValues(over: object, value: (of: Expr<unknown>) => unknown): unknown {
  const dict = lower(over);
  const schema = schemaOf(over);
  const { variable, result } = bind(
    singular(dict),
    schema instanceof z.ZodRecord ? schema.valueType : undefined,
    (of: Expr<unknown>) => lower(value(of)),
  );
  return expression({ op: "mapValues", over: dict, variable, body: result });
}

/** All fields of a record, for spreading into an object. */
export function fields<T>(of: Dict<T>): { readonly [key: string]: Expr<T> };
export function fields(of: object): unknown {
  return of;
}

/** One field whose name is known only per agent: `...entry(a.workdir, …)`. */
export function entry<V extends Value>(key: Text, value: V): { readonly [key: string]: V };
export function entry(key: Text, value: Value): unknown {
  return expression({ op: "object", fields: [{ key: lower(key), node: lower(value) }] });
}

const call = (fn: FunctionName, args: readonly Node[]): Node => ({ op: "call", fn, args });
const apply = <T>(fn: FunctionName, ...args: readonly unknown[]): Expr<T> =>
  expression<T>(
    call(
      fn,
      args.map((arg) => lower(arg)),
    ),
  );

/** Whether two texts, or members of an enum, are equal. */
export const is = <E extends string>(a: Leaf<E>, b: NoInfer<E> | Leaf<NoInfer<E>>): Bool =>
  apply<boolean>("equal", a, b);
/** Where JavaScript would say `!a`. */
export const not = (a: Bool): Bool => apply<boolean>("not", a);
/** Where JavaScript would say `a && b`. */
export const and = (a: Bool, b: Bool): Bool => apply<boolean>("and", a, b);
/** Whether a nullable value is not null; `given()` opens it, too. */
export const isGiven = (a: Maybe<unknown>): Bool =>
  apply<boolean>("not", apply<boolean>("isNull", a));
/** Whether a list has no items, or a text no characters. */
export const isEmpty = (a: List<unknown> | Leaf<string>): Bool => apply<boolean>("isEmpty", a);
/** Whether the whole text matches a POSIX extended regular expression. */
export const matches = (pattern: Text, text: Text): Bool =>
  apply<boolean>("matches", pattern, text);
/** Seconds as milliseconds, both integers. */
export const milliseconds = (seconds: Leaf<number>): Leaf<number> =>
  apply<number>("milliseconds", seconds);
/** An integer as text. */
export const str = (n: Leaf<number>): Leaf<string> => apply<string>("str", n);
/** Text as one word for a shell, in which no harness finds a variable to fill in. */
export const quote = (text: Text): Leaf<string> => apply<string>("quote", text);
/** JSON text, for values that are JSON inside a string. */
export const json = (value: Value): Leaf<string> => apply<string>("json", value);
/** Texts joined by a separator. */
export const join = (
  separator: string,
  over: List<Text> | List<string> | Items<Text>,
): Leaf<string> => apply<string>("join", separator, over);
/** Names of a record's fields, sorted by bytes. */
export const keys = (of: AnyDict): List<string> =>
  expression<string[]>(call("keys", [lower(of)]), z.array(z.string()));
