import { readFileSync } from "node:fs";
import Handlebars from "handlebars";
import { type Doc, render } from "./nix/layout.ts";

/** Fills templates/<name>.hbs. `{{nix doc indent=2}}` lays a document out from that column on. */
export function fill(name: string, values: object): string {
  const engine = Handlebars.create();
  engine.registerHelper("nix", (doc: Doc, { hash }: { hash: { indent: number } }) =>
    render(doc, { indent: hash.indent }),
  );
  const source = readFileSync(new URL(`templates/${name}.hbs`, import.meta.url), "utf8");
  return engine.compile(source, { noEscape: true, strict: true })(values);
}
