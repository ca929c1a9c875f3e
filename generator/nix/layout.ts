/** Text with places where a line may break. After Wadler, "A prettier printer". */
export type Doc =
  | string
  | readonly Doc[]
  | { readonly kind: "line"; readonly flat: string; readonly hard: boolean }
  | { readonly kind: "nest"; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc }
  | { readonly kind: "flat"; readonly doc: Doc }
  | { readonly kind: "first"; readonly doc: Doc; readonly otherwise: Doc };

/** A space, or a line break where its group does not fit. */
export const line: Doc = { kind: "line", flat: " ", hard: false };
/** Nothing, or a line break where its group does not fit. */
export const softline: Doc = { kind: "line", flat: "", hard: false };
/** Always a line break; every group around it breaks too. */
export const hardline: Doc = { kind: "line", flat: "", hard: true };
export const nest = (doc: Doc): Doc => ({ kind: "nest", doc });
export const group = (doc: Doc): Doc => ({ kind: "group", doc });
/** Never breaks. */
export const flat = (doc: Doc): Doc => ({ kind: "flat", doc });
/** The one document if it fits up to its first line break, else the other. */
export const firstFitting = (doc: Doc, otherwise: Doc): Doc => ({ kind: "first", doc, otherwise });
export const separated = (docs: readonly Doc[], separator: Doc): Doc =>
  docs.flatMap((doc, i) => (i === 0 ? [doc] : [separator, doc]));

const WIDTH = 100;
const INDENT = 2;

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly doc: Doc;
}

/** Lays a document out at nixfmt's width. The first line already holds `column` characters. */
export function render(doc: Doc, { indent: start = 0, column: used = 0 } = {}): string {
  const stack: Command[] = [{ indent: start, flat: false, doc }];
  let out = "";
  let column = used;
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { indent, flat, doc } = next;
    if (typeof doc === "string") {
      out += doc;
      column += doc.length;
    } else if (!("kind" in doc)) {
      for (const child of doc.toReversed()) stack.push({ indent, flat, doc: child });
    } else if (doc.kind === "nest") {
      stack.push({ indent: indent + INDENT, flat, doc: doc.doc });
    } else if (doc.kind === "group") {
      const fitting = flat || fits(WIDTH - column, { indent, flat: true, doc: doc.doc }, stack);
      stack.push({ indent, flat: fitting, doc: doc.doc });
    } else if (doc.kind === "flat") {
      stack.push({ indent, flat: true, doc: doc.doc });
    } else if (doc.kind === "first") {
      const fitting = fits(WIDTH - column, { indent, flat, doc: doc.doc }, stack);
      stack.push({ indent, flat, doc: fitting ? doc.doc : doc.otherwise });
    } else if (flat) {
      out += doc.flat;
      column += doc.flat.length;
    } else {
      out = `${out.trimEnd()}\n${" ".repeat(indent)}`;
      column = 0; // nixfmt counts what stands on a line, without its indentation
    }
  }
  return out;
}

/** Whether `first`, laid flat, and what follows it up to the next line break fit into `room` columns. */
function fits(room: number, first: Command, rest: readonly Command[]): boolean {
  const stack = [first];
  let following = rest.length;
  let left = room;
  while (left >= 0) {
    const next = stack.pop() ?? rest[--following];
    if (!next) return true;
    const { indent, flat, doc } = next;
    if (typeof doc === "string") left -= doc.length;
    else if (!("kind" in doc))
      for (const child of doc.toReversed()) stack.push({ indent, flat, doc: child });
    else if (doc.kind === "flat") stack.push({ indent, flat: true, doc: doc.doc });
    else if (doc.kind !== "line") stack.push({ indent, flat, doc: doc.doc });
    else if (!flat) return true;
    else if (doc.hard) return false;
    else left -= doc.flat.length;
  }
  return false;
}

/** Whether the document takes more than one line whatever the width. */
export function isTall(doc: Doc): boolean {
  if (typeof doc === "string") return false;
  if (!("kind" in doc)) return doc.some(isTall);
  return doc.kind === "line" ? doc.hard : isTall(doc.doc);
}
