import type { Harness } from "../schema/recipe/harness.ts";
import { type Item, type Node, reads, walk } from "../schema/recipe/node.ts";

/**
 * Where an option ends up in a harness: command line flags, variables and files that read it.
 * `path` is `agent.<field>` or `options.<field>`.
 */
export function reachOf(harness: Harness, path: string): readonly string[] {
  const { argv, env, files, seed } = harness.trees;
  return [
    ...new Set([
      ...flagsReading(argv, path),
      ...keysReading(env, path).map((name) => `$${name}`),
      ...keysReading(files, path),
      ...keysReading(seed, path),
    ]),
  ];
}

/** The nearest flag before, or first within, each list item that reads the path. */
function flagsReading(argv: Node, path: string): readonly string[] {
  const items = argv.op === "list" ? argv.items : [];
  return items.flatMap((item, i) => {
    if (!reads(item.node, path)) return [];
    const flag = firstFlag(item.node) ?? lastFlag(items.slice(0, i));
    return flag === undefined ? ["the command line"] : [flag];
  });
}

function firstFlag(node: Node): string | undefined {
  let flag: string | undefined;
  walk(node, (inner) => {
    if (flag === undefined && isFlag(inner)) flag = String(inner.value);
  });
  return flag;
}

const lastFlag = (items: readonly Item[]): string | undefined => {
  const last = items.findLast((item) => isFlag(item.node))?.node;
  return last && isFlag(last) ? String(last.value) : undefined;
};

const isFlag = (node: Node): node is Extract<Node, { op: "literal" }> =>
  node.op === "literal" && typeof node.value === "string" && node.value.startsWith("--");

/** Names of the fields whose values, or whose presence, depend on the path. */
function keysReading(node: Node, path: string): readonly string[] {
  if (node.op === "if") {
    const both = [...namesIn(node.yes), ...namesIn(node.no)];
    return reads(node.condition, path)
      ? both
      : [...keysReading(node.yes, path), ...keysReading(node.no, path)];
  }
  if (node.op === "record") {
    return reads(node, path) ? [pattern(node.key)] : [];
  }
  if (node.op !== "object") return [];
  return node.fields.flatMap((field) => {
    if (field.key === null) return keysReading(field.node, path);
    return reads(field.node, path) ? [pattern(field.key)] : [];
  });
}

const namesIn = (node: Node): readonly string[] =>
  node.op === "object"
    ? node.fields.flatMap((field) => (field.key ? [pattern(field.key)] : []))
    : [];

/** A key as a person reads it: what is known only per agent becomes `<name>`. */
function pattern(key: Node): string {
  if (key.op === "literal") return String(key.value);
  return key.op === "text" ? key.parts.map((part) => pattern(part)).join("") : "<name>";
}
