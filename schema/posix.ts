import { ForgeError } from "./errors.ts";

/**
 * The POSIX extended form of a pattern, as builtins.match reads it. Only what both dialects share passes:
 * Nix anchors, knows no classes such as \d, and sees bytes where JavaScript sees UTF-16 units.
 */
export function posix(pattern: RegExp, where: string): string {
  const refuse = (why: string): ForgeError =>
    new ForgeError("NO_NIX_FORM", `${where}: ${pattern}: ${why}`, {
      fix: "use only what JavaScript and POSIX share: ^…$, classes, groups, *, +, ?, {n,m}, |",
    });
  const body = /^\^(.*)\$$/s.exec(pattern.source)?.[1];
  if (body === undefined) throw refuse("it is not anchored with ^ and $");
  if (pattern.flags !== "") throw refuse("it has flags");
  if (/[^\x20-\x7e]/.test(body)) throw refuse("it is not ASCII");
  if (/\[[^\]]*\\/.test(body))
    throw refuse("it escapes inside […], where POSIX takes the backslash as it is");
  if (/\|/.test(body.replace(/\([^()]*\)/g, "")))
    throw refuse("the anchors of one side of | do not hold for the other; put it in parentheses");
  const bare = body.replace(/\[\^?[^\\\]]+\]/g, "[]");
  if (/\\[^.*+?()[\]{}|\\/$^-]|\(\?|[*+?}]\?|\./.test(bare)) throw refuse("it has no POSIX form");
  return body.replaceAll("\\/", "/");
}
