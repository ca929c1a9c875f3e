/** The closed expression tree of recipes. Both back ends print or run exactly these kinds. */
export type Node =
  | { readonly op: "literal"; readonly value: string | number | boolean | null }
  | { readonly op: "variable"; readonly name: string }
  | { readonly op: "get"; readonly from: Node; readonly key: Node }
  | { readonly op: "call"; readonly fn: FunctionName; readonly args: readonly Node[] }
  | { readonly op: "if"; readonly condition: Node; readonly yes: Node; readonly no: Node }
  | {
      readonly op: "match";
      readonly on: Node;
      readonly union: boolean;
      readonly arms: readonly Arm[];
    }
  | { readonly op: "text"; readonly parts: readonly Node[] }
  | { readonly op: "list"; readonly items: readonly Item[] }
  | { readonly op: "object"; readonly fields: readonly Field[] }
  | { readonly op: "each"; readonly over: Node; readonly variable: string; readonly body: Node }
  | {
      readonly op: "record";
      readonly over: Node;
      readonly variable: string;
      readonly key: Node;
      readonly value: Node;
    }
  | {
      readonly op: "mapValues";
      readonly over: Node;
      readonly variable: string;
      readonly body: Node;
    };

/** `union` matches bind the chosen variant to `variable`; enum matches bind nothing. */
export interface Arm {
  readonly tag: string;
  readonly variable: string | null;
  readonly body: Node;
}
export interface Item {
  readonly splice: boolean;
  readonly node: Node;
}
/** `key: null` splices the fields of an object. */
export interface Field {
  readonly key: Node | null;
  readonly node: Node;
}

export const FUNCTIONS = {
  and: 2,
  equal: 2,
  has: 2,
  isEmpty: 1,
  isNull: 1,
  isText: 1,
  join: 2,
  json: 1,
  keys: 1,
  matches: 2,
  milliseconds: 1,
  not: 1,
  quote: 1,
  str: 1,
} as const satisfies Record<string, number>;
export type FunctionName = keyof typeof FUNCTIONS;

/** Functions of modules/plan-functions.nix, which printed expressions may call. They need Nix builtins only. */
export const HELPERS = [
  "each",
  "isEmpty",
  "join",
  "mapValues",
  "optionalAttrs",
  "optionals",
  "quote",
  "select",
  "toAttrs",
  "variant",
] as const;

export const KEYWORDS: ReadonlySet<string> = new Set(
  "assert else if in inherit let or rec then with".split(" "),
);

/** Names that a variable must not take in printed Nix. */
export const RESERVED: ReadonlySet<string> = new Set([
  ...HELPERS,
  ...KEYWORDS,
  ..."abort agent baseNameOf builtins config derivation dirOf false fetchGit harness import isNull lib library map".split(
    " ",
  ),
  ..."null options own place placeholder pkgs plan removeAttrs rules scopedImport throw toString true".split(
    " ",
  ),
]);

export const literal = (value: string | number | boolean | null): Node => ({
  op: "literal",
  value,
});

const isNode = (value: object): value is Node => "op" in value;

const childrenOf = (value: object): readonly Node[] =>
  Object.values(value).flatMap((child: unknown) =>
    typeof child === "object" && child !== null
      ? isNode(child)
        ? [child]
        : childrenOf(child)
      : [],
  );

export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}

/** How an expression reads in a recipe, for error messages. */
export function show(node: Node): string {
  switch (node.op) {
    case "variable":
      return node.name;
    case "get":
      return node.key.op === "literal"
        ? `${show(node.from)}.${node.key.value}`
        : `${show(node.from)}.at(…)`;
    case "literal":
      return JSON.stringify(node.value);
    case "call":
      return `${node.fn}(…)`;
    default:
      return `${node.op}(…)`;
  }
}

/** `agent.permissions.allow` for a selection by literal names; undefined for anything else. */
export function pathOf(node: Node): string | undefined {
  if (node.op === "variable") return node.name;
  if (node.op !== "get" || node.key.op !== "literal") return undefined;
  const from = pathOf(node.from);
  return from && `${from}.${node.key.value}`;
}

/** Whether a tree reads `agent.permissions.allow`, or any other path. */
export function reads(node: Node, path: string): boolean {
  let found = false;
  walk(node, (inner) => {
    if (pathOf(inner) === path) found = true;
  });
  return found;
}
