import { canonical, isJsonObject, type Json, type JsonObject, sortedKeys } from "../schema/json.ts";
import type { FunctionName, Node } from "../schema/recipe/node.ts";

export type Scope = { readonly [variable: string]: Json };
type Kind = Node["op"];
type Of<K extends Kind> = Extract<Node, { op: K }>;

/** Evaluates a recipe's tree with the semantics that Nix gives its printed form. Throws on what Nix would refuse. */
export function interpret(node: Node, scope: Scope): Json {
  switch (node.op) {
    case "literal":
      return node.value;
    case "variable":
      return own(scope, node.name);
    case "get":
      return own(object(node.from, scope), text(node.key, scope));
    case "call":
      return CALLS[node.fn](...node.args.map((arg) => interpret(arg, scope)));
    case "if":
      return interpret(interpret(node.condition, scope) ? node.yes : node.no, scope);
    case "match":
      return matched(node, scope);
    case "text":
      return node.parts.map((part) => text(part, scope)).join("");
    case "list":
      return node.items.flatMap((item) =>
        item.splice ? list(item.node, scope) : [interpret(item.node, scope)],
      );
    case "object":
      return build(node.fields.flatMap((field) => entriesOf(field, scope)));
    case "each":
      return list(node.over, scope).flatMap((value) =>
        list(node.body, { ...scope, [node.variable]: value }),
      );
    case "record":
      return recorded(node, scope);
    case "mapValues": {
      const over = object(node.over, scope);
      return build(
        Object.entries(over).map(([key, value]) => [
          key,
          interpret(node.body, { ...scope, [node.variable]: value }),
        ]),
      );
    }
  }
}

const CALLS: { readonly [F in FunctionName]: (...args: readonly Json[]) => Json } = {
  and: (a, b) => Boolean(a) && Boolean(b),
  equal: (a, b) => a === b,
  has: (of, key) => isJsonObject(of) && typeof key === "string" && Object.hasOwn(of, key),
  isEmpty: (of) => of === "" || (Array.isArray(of) && of.length === 0),
  isNull: (of) => of === null,
  isText: (of) => typeof of === "string",
  join: (separator, over) => (Array.isArray(over) ? over.join(String(separator)) : ""),
  json: (of = null) => canonical(of),
  keys: (of = null) => (isJsonObject(of) ? sortedKeys(of) : []),
  matches: (pattern, of) => new RegExp(`^(?:${pattern})$`).test(String(of)),
  milliseconds: (of) => Number(of) * 1000,
  not: (of) => !of,
  quote: (of) => `'${String(of).replace(/['$]/g, (sign) => `'\\${sign}'`)}'`,
  str: (of) => String(of),
};

function matched(node: Of<"match">, scope: Scope): Json {
  const on = interpret(node.on, scope);
  const tag = node.union && isJsonObject(on) ? on["kind"] : on;
  const arm = node.arms.find((candidate) => candidate.tag === tag);
  if (!arm) throw new TypeError(`no arm for ${canonical(on)}`);
  return interpret(arm.body, arm.variable === null ? scope : { ...scope, [arm.variable]: on });
}

/** As in listToAttrs, the first of equal keys wins. */
function recorded(node: Of<"record">, scope: Scope): JsonObject {
  const entries = list(node.over, scope).map((value): [string, Json] => {
    const inner = { ...scope, [node.variable]: value };
    return [text(node.key, inner), interpret(node.value, inner)];
  });
  return build(entries.reverse());
}

function entriesOf(field: Of<"object">["fields"][number], scope: Scope): [string, Json][] {
  if (field.key === null) return Object.entries(object(field.node, scope));
  return [[text(field.key, scope), interpret(field.node, scope)]];
}

/** No prototype: "__proto__" and "constructor" are ordinary names. */
function build(entries: readonly (readonly [string, Json])[]): JsonObject {
  const result: Record<string, Json> = Object.create(null);
  for (const [key, value] of entries) result[key] = value;
  return result;
}

function own(from: JsonObject, key: string): Json {
  const value = Object.hasOwn(from, key) ? from[key] : undefined;
  if (value === undefined) throw new TypeError(`no field ${JSON.stringify(key)}`);
  return value;
}

const expected = (what: string, value: Json): TypeError =>
  new TypeError(`expected ${what}, got ${canonical(value)}`);

function text(node: Node, scope: Scope): string {
  const value = interpret(node, scope);
  if (typeof value !== "string") throw expected("text", value);
  return value;
}

function list(node: Node, scope: Scope): readonly Json[] {
  const value = interpret(node, scope);
  if (!Array.isArray(value)) throw expected("a list", value);
  return value;
}

function object(node: Node, scope: Scope): JsonObject {
  const value = interpret(node, scope);
  if (!isJsonObject(value)) throw expected("an object", value);
  return value;
}
