import { ForgeError } from "../../schema/errors.ts";
import { type FunctionName, type Node, show } from "../../schema/recipe/node.ts";
import { type Doc, render } from "./layout.ts";
import {
  argument,
  atom,
  call,
  chain,
  choice,
  lambda,
  list,
  loose,
  name,
  set,
  string,
  type Term,
  text,
} from "./syntax.ts";

type Of<K extends Node["op"]> = Extract<Node, { op: K }>;

/** A recipe's tree as a Nix expression over the same variables. */
export function printExpression(node: Node): Term {
  switch (node.op) {
    case "literal":
      return typeof node.value === "string" ? string(node.value) : atom(String(node.value));
    case "variable":
    case "get":
      return atom(path(node));
    case "call":
      return CALLS[node.fn](node.args);
    case "if":
      return conditional(node);
    case "match":
      return matched(node);
    case "text":
      return text(
        node.parts.map((part) =>
          part.op === "literal" ? String(part.value) : printExpression(part),
        ),
      );
    case "list":
      return listOf(node);
    case "object":
      return setOf(node);
    case "each":
    case "mapValues":
      return call(node.op, [printExpression(node.over), lambdaOf(node.variable, node.body)]);
    case "record":
      return call("toAttrs", [
        printExpression(node.over),
        lambdaOf(node.variable, node.key),
        lambdaOf(node.variable, node.value),
      ]);
  }
}

const lambdaOf = (variable: string, body: Node): Term => lambda(variable, printExpression(body));

/** A selection such as `library.skills.${skill}.source`. */
function path(node: Node): string {
  if (node.op === "variable") return node.name;
  if (node.op === "get") return `${path(node.from)}.${attribute(node.key)}`;
  throw new ForgeError("NO_NIX_FORM", `${show(node)} cannot stand before a dot`, {
    fix: "read fields from the agent, its options, its place or the library only",
  });
}

/** A name, text with names in it, or any other expression as `${…}`. */
function attribute(key: Node): string {
  if (key.op === "literal") return name(String(key.value));
  const printed = render(printExpression(key).doc);
  return key.op === "text" ? printed : `\${${printed}}`;
}

const isEmptyLiteral = (node: Node): boolean =>
  (node.op === "list" && node.items.length === 0) ||
  (node.op === "object" && node.fields.length === 0);

function conditional(node: Of<"if">): Term {
  const condition = printExpression(node.condition);
  const then = printExpression(node.yes);
  if (isEmptyLiteral(node.no)) {
    return call(node.no.op === "list" ? "optionals" : "optionalAttrs", [condition, then]);
  }
  return choice(condition, then, printExpression(node.no));
}

function matched(node: Of<"match">): Term {
  const arms = node.arms.map(({ tag, variable, body }): [string, Term] => [
    name(tag),
    variable === null ? printExpression(body) : lambdaOf(variable, body),
  ]);
  return call(node.union ? "variant" : "select", [printExpression(node.on), set(arms)]);
}

/** Runs of plain members become one literal; splices become operands of their own. */
function spliced<M extends { readonly node: Node }>(
  members: readonly M[],
  isSplice: (member: M) => boolean,
  operator: string,
  literal: (run: readonly M[]) => Term,
): Term {
  const operands: Term[] = [];
  let run: M[] = [];
  const flush = (): void => {
    if (run.length > 0) operands.push(literal(run));
    run = [];
  };
  for (const member of members) {
    if (isSplice(member)) {
      flush();
      operands.push(printExpression(member.node));
    } else run.push(member);
  }
  flush();
  return operands.length === 0 ? literal([]) : chain(operator, operands);
}

const listOf = (node: Of<"list">): Term =>
  spliced(
    node.items,
    (item) => item.splice,
    "++",
    (run) => list(run.map((item) => printExpression(item.node))),
  );

const setOf = (node: Of<"object">): Term =>
  spliced(
    node.fields,
    (field) => field.key === null,
    "//",
    (run) =>
      set(
        run.map(({ key, node: of }) => [key ? attribute(key) : "", printExpression(of)] as const),
      ),
  );

type Args = readonly Node[];
const operand = (node: Node | undefined) => argument(node ? printExpression(node) : atom("null"));
const helper =
  (fn: string) =>
  (args: Args): Term =>
    call(fn, args.map(printExpression));
const infix =
  (operator: string) =>
  ([a, b]: Args): Term =>
    loose([operand(a), ` ${operator} `, operand(b)]);

/** `x != null` rather than `!(x == null)`. */
function negated(node: Node): Term {
  if (node.op === "call" && node.fn === "isNull") return loose([operand(node.args[0]), " != null"]);
  if (node.op === "call" && node.fn === "matches") return loose([matching(node.args), " == null"]);
  return loose(["!", operand(node)]);
}

const matching = ([pattern, of]: Args): Doc => [
  "builtins.match ",
  operand(pattern),
  " ",
  operand(of),
];

const CALLS: { readonly [F in FunctionName]: (args: Args) => Term } = {
  and: infix("&&"),
  equal: infix("=="),
  has: ([of, key]) => loose([operand(of), " ? ", key ? attribute(key) : ""]),
  isEmpty: helper("isEmpty"),
  isNull: ([of]) => loose([operand(of), " == null"]),
  isText: helper("builtins.isString"),
  join: helper("join"),
  json: helper("builtins.toJSON"),
  keys: helper("builtins.attrNames"),
  matches: (args) => loose([matching(args), " != null"]),
  milliseconds: ([of]) => loose([operand(of), " * 1000"]),
  not: ([of]) => (of ? negated(of) : atom("false")),
  quote: helper("quote"),
  str: helper("toString"),
};
