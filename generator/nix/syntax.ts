import { KEYWORDS } from "../../schema/recipe/node.ts";
import {
  type Doc,
  firstFitting,
  flat,
  group,
  hardline,
  isTall,
  line,
  nest,
  separated,
  softline,
} from "./layout.ts";

/**
 * A Nix expression and how nixfmt treats it inside others:
 * atom needs no parentheses; block (list or set) and text are hugged by what stands before them;
 * hugging calls and lambdas end in a block; chain is a run of ++ or //; tall is a call with a line for each
 * argument; the rest is loose.
 */
export interface Term {
  readonly doc: Doc;
  readonly shape: "atom" | "block" | "call" | "chain" | "lambda" | "loose" | "tall" | "text";
  /** Ends in a block, so that it breaks inside that and nowhere else. */
  readonly hugs: boolean;
  /** The same with all but the block at its end on one line: how a binding takes `a // { … }` where that fits. */
  readonly compact?: Doc;
}
const term = (shape: Term["shape"], doc: Doc, hugs = false): Term => ({ shape, doc, hugs });

const ESCAPES: { readonly [char: string]: string } = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** The inside of a "…" string. A final $ is escaped too, since an interpolation may follow. */
export const escaped = (text: string): string =>
  text.replace(/[\\"\n\r\t]/g, (char) => ESCAPES[char] ?? char).replace(/\$(?=\{|$)/g, "\\$");

export const name = (key: string): string =>
  /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(key) && !KEYWORDS.has(key) ? key : `"${escaped(key)}"`;

export const atom = (text: string): Term => term("atom", text);
export const string = (text: string): Term => term("text", `"${escaped(text)}"`);
export const loose = (doc: Doc): Term => term("loose", doc);

/** Text with interpolated terms; only terms with a choice in them may break. */
export const text = (parts: readonly (string | Term)[]): Term =>
  term("text", [
    '"',
    ...parts.map((part) => {
      if (typeof part === "string") return escaped(part);
      if (part.shape !== "loose") return ["${", part.doc, "}"];
      return group(["${", nest([softline, part.doc]), softline, "}"]);
    }),
    '"',
  ]);

export function list(items: readonly Term[]): Term {
  if (items.length === 0) return term("block", "[ ]");
  const docs = items.map(onOwnLine);
  const [only, second] = items;
  const isPlain = only?.shape !== "text" || typeof only.doc === "string"; // no interpolation
  const between = isPlain && !second ? line : hardline;
  return term("block", group(["[", nest([between, separated(docs, between)]), between, "]"]));
}

/** `key = value;`, or `inherit key;` where there is no value. */
export type Binding = readonly [key: string, value: Term | null];
export const inherit = (...keys: readonly string[]): Binding => [`inherit ${keys.join(" ")}`, null];

export const set = (bindings: readonly Binding[]): Term =>
  bindings.length === 0 ? term("block", "{ }") : term("block", braces(bindings));

const braces = (bindings: readonly Binding[]): Doc => [
  "{",
  nest(bindings.map(([key, value]) => [hardline, binding(key, value)])),
  hardline,
  "}",
];

/** `key = value;` with the value on the same line wherever nixfmt would hug it. */
export function binding(key: string, value: Term | null): Doc {
  if (value === null) return [key, ";"];
  const hugged = value.hugs || ["atom", "block", "call", "text"].includes(value.shape);
  if (hugged) return [key, " = ", value.doc, ";"];
  const broken = group([key, " =", nest([line, value.doc])]);
  if (value.compact === undefined) return [broken, ";"];
  return [firstFitting([key, " = ", value.compact], broken), ";"];
}

/** `a ++ b`, `a // b`: one operand a line unless all fit on one. */
export function chain(operator: string, operands: readonly Term[]): Term {
  const [first, ...rest] = operands;
  if (!first) throw new RangeError("a chain needs an operand");
  if (rest.length === 0) return first;
  const docs = rest.map((operand) => [
    line,
    operator,
    operand.shape === "tall" ? nest([hardline, operand.doc]) : [" ", chained(operand)],
  ]);
  const doc = group([chained(first), ...docs]);
  const chain = term("chain", doc, first.shape === "block");
  const [last] = rest;
  if (rest.length > 1 || last?.shape !== "block" || !isTall(last.doc)) return chain;
  return { ...chain, compact: [flat(chained(first)), ` ${operator} `, last.doc] };
}

const chained = (operand: Term): Doc =>
  operand.shape === "loose" ? argument(operand) : operand.doc;

/** Function application. The last argument is hugged if it is a block, or a function that gives one. */
export function call(fn: string, args: readonly Term[]): Term {
  const last = args.at(-1);
  const docs = args.map(argument);
  if (docs.slice(0, -1).some(isTall)) {
    return term("tall", [fn, nest(args.map((arg) => [hardline, onOwnLine(arg)]))]);
  }
  return term("call", [fn, ...docs.map((doc) => [" ", doc])], last?.shape === "block");
}

export function lambda(variable: string, body: Term): Term {
  if (body.shape === "block") return term("lambda", [variable, ": ", body.doc], true);
  return term("lambda", [variable, ":", line, body.doc]);
}

/** A function of a set: the names among `all` that its body uses, and `...` for those it does not. */
export function fn(used: ReadonlySet<string>, all: readonly string[], body: Term): Term {
  const named = all.filter((one) => used.has(one));
  const pattern = named.length < all.length ? [...named, "..."] : named;
  const arguments_ = pattern.map((one) => [hardline, one, one === "..." ? "" : ","]);
  return term("lambda", ["{", nest(arguments_), hardline, "}:", hardline, body.doc]);
}

export function choice(condition: Term, yes: Term, no: Term): Term {
  const doc = [
    group(["if", nest([line, condition.doc]), line, "then"]),
    nest([line, yes.doc]),
    line,
    "else",
    nest([line, no.doc]),
  ];
  return loose(group(doc));
}

/** As an argument or item on a line of its own, where what ends in a block is hugged. */
const onOwnLine = (of: Term): Doc =>
  of.hugs && of.shape !== "chain" ? ["(", of.doc, ")"] : argument(of);

/** As an argument or operand: in parentheses if it needs them. */
export function argument(of: Term): Doc {
  if (of.shape === "atom" || of.shape === "block" || of.shape === "text") return of.doc;
  if (of.shape === "lambda" && of.hugs) return ["(", of.doc, ")"];
  return group(["(", nest([softline, of.doc]), softline, ")"]);
}
