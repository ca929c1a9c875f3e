import * as z from "zod";
import { ForgeError } from "../errors.ts";
import { unwrapDefaults } from "../wrappers.ts";
import { deepFreeze, literal, type Node, RESERVED, show, walk } from "./node.ts";
import type { Expr } from "./types.ts";

type Schema = z.core.$ZodType | undefined;

const nodes = new WeakMap<object, Node>();
const schemas = new WeakMap<object, Schema>();

/** A NUL can be in no real key, so these stand for spread expressions until `lower` sees them. */
const SPREAD = "\0spread:";

/** The recording under way: expressions made and not used by another yet, and names of variables in scope. */
let session:
  | { readonly loose: Set<Node>; readonly names: Set<string>; spreads: number }
  | undefined;

const invalid = (what: string, fix: string): ForgeError =>
  new ForgeError("RECIPE_INVALID", what, { fix });

function notAValue(use: string, node: Node): never {
  throw invalid(
    `${use}: ${show(node)} is an expression, not a value; its value is known only per agent`,
    "text: t`…${x}…`; integer: str(); choice: when(flag), given(nullable), match(enum); lists: ...each(), isEmpty(); tests: is(), isGiven(), not(), and()",
  );
}

class Spread {
  readonly node: Node;
  constructor(node: Node) {
    this.node = node;
  }
}

/** Wraps a node as what a recipe's author holds: fields by schema, spreadable, loud when treated as a value. */
export function expression<T>(node: Node, schema?: Schema): Expr<T>;
export function expression(raw: Node, schema?: Schema): unknown {
  const node = Object.freeze(raw);
  if (node.op !== "variable") session?.loose.add(node);
  const proxy = new Proxy(
    {},
    {
      get: (_, key) => property(node, opened(schema), key),
      ownKeys: () => [`${SPREAD}${session ? session.spreads++ : 0}`],
      getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      set: () => notAValue("assigned to", node),
      has: () => notAValue("`in`", node),
    },
  );
  nodes.set(proxy, node);
  schemas.set(proxy, schema);
  return proxy;
}

function property(node: Node, schema: Schema, key: string | symbol): unknown {
  if (key === Symbol.iterator) {
    return function* () {
      yield new Spread(node);
    };
  }
  if (typeof key === "string" && key.startsWith(SPREAD)) return new Spread(node);
  if (typeof key === "symbol") return notAValue("used in ${…}, + or ===", node);
  if (key === "toString" || key === "valueOf" || key === "toJSON")
    return notAValue(`.${key}`, node);
  return field(node, schema, key);
}

function field(node: Node, schema: Schema, key: string): unknown {
  if (schema instanceof z.ZodObject) {
    const child: Schema = schema.shape[key];
    if (child) return expression({ op: "get", from: node, key: literal(key) }, child);
    const known = Object.keys(schema.shape).join(", ");
    throw invalid(`${show(node)} has no field "${key}"`, `its fields are: ${known}`);
  }
  if (schema instanceof z.ZodRecord) {
    const { valueType } = schema;
    if (key === "at")
      return (at: unknown) => expression({ op: "get", from: node, key: lower(at) }, valueType);
    if (key === "has")
      return (at: unknown) => expression({ op: "call", fn: "has", args: [node, lower(at)] });
  }
  if (schema instanceof z.ZodNullable) {
    throw invalid(`${show(node)} may be null`, `given(${show(node)}, (x) => …) opens it`);
  }
  return notAValue(`.${key}`, node);
}

const opened = (schema: Schema): Schema => schema && unwrapDefaults(schema);

export const schemaOf = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? opened(schemas.get(value)) : undefined;

/** Any value an author may write becomes a node. The only place where JavaScript data enters the tree. */
export function lower(value: unknown, where = "value"): Node {
  switch (typeof value) {
    case "boolean":
      return literal(value);
    case "number":
      if (Number.isSafeInteger(value)) return literal(value);
      throw invalid(
        `${where}: ${value} is not an integer`,
        "Nix and JavaScript print floats differently",
      );
    case "string":
      if (value.isWellFormed() && !value.includes("\0")) return literal(value);
      throw invalid(
        `${where}: NUL and lone surrogates have no Nix form`,
        "take them out of the text",
      );
    case "object":
      return value === null ? literal(null) : lowerObject(value, where);
    default:
      throw invalid(
        `${where}: ${typeof value} is no expression`,
        "give text, an integer, a list or an object",
      );
  }
}

function lowerObject(value: object, where: string): Node {
  if (value instanceof Spread) {
    throw invalid(
      `${where}: ...${show(value.node)} stands alone`,
      "spread it inside a list or an object",
    );
  }
  const known = nodes.get(value);
  if (known) {
    session?.loose.delete(known);
    return known;
  }
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: unknown, i) =>
      item instanceof Spread
        ? { splice: true, node: item.node }
        : { splice: false, node: lower(item, `${where}[${i}]`) },
    );
    return { op: "list", items };
  }
  const fields = Object.entries(value).map(([key, child]: [string, unknown]) =>
    child instanceof Spread
      ? { key: null, node: child.node }
      : { key: literal(key), node: lower(child, `${where}.${key}`) },
  );
  return { op: "object", fields };
}

/** Records `body` over a fresh variable, named after what it runs over. */
export function bind<T, R>(
  hint: string,
  schema: Schema,
  body: (variable: Expr<T>) => R,
): { variable: string; result: R } {
  const names = session?.names ?? new Set();
  const base = hint.replace(/[^A-Za-z0-9]/g, "") || "item";
  let variable = base;
  for (let n = 2; names.has(variable) || RESERVED.has(variable); n++) variable = `${base}${n}`;
  names.add(variable);
  try {
    return { variable, result: body(expression<T>({ op: "variable", name: variable }, schema)) };
  } finally {
    names.delete(variable);
  }
}

/** What one element of a list or record is called: `agent.skills` gives `skill`. */
export function singular(node: Node): string {
  if (node.op === "get" && node.key.op === "literal")
    return String(node.key.value).replace(/s$/, "");
  if (node.op === "list") return "name";
  return node.op === "call" && node.args[0] ? singular(node.args[0]) : "item";
}

/** Runs a recipe's builder once and returns the frozen tree of what it built. Not re-entrant. */
export function record(build: () => unknown, where: string): Node {
  session = { loose: new Set(), names: new Set(), spreads: 0 };
  try {
    const tree = deepFreeze(lower(build(), where));
    walk(tree, (node) => session?.loose.delete(node));
    const [dropped] = session.loose;
    if (dropped)
      notAValue(`${where}: computed but unused (a JavaScript if, ?:, && or ! perhaps)`, dropped);
    return tree;
  } finally {
    session = undefined;
  }
}
