import {
  Node,
  type ObjectLiteralExpression,
  Project,
  type PropertyAssignment,
  type SourceFile,
  SyntaxKind,
} from "ts-morph";
import { ForgeError } from "../schema/errors.ts";

/** Where a field is declared: file relative to the root, and line counted from 1. */
export interface Declaration {
  readonly file: string;
  readonly line: number;
}

/**
 * Finds the declaration of every field of the object schemas in these files, by `<schema's name>.<field path>`
 * (for recipes: `options.<field>`). Throws NO_NIX_FORM for a field without a description.
 */
export function declarationsOf(
  root: string,
  files: readonly string[],
): ReadonlyMap<string, Declaration> {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
  });
  const found = new Map<string, Declaration>();
  const schemas = files.flatMap((file) =>
    schemasIn(file, project.addSourceFileAtPath(`${root}/${file}`)),
  );
  for (const schema of schemas) collect({ found, schemas }, schema.name, schema);
  return found;
}

interface DeclaredSchema {
  readonly name: string;
  readonly file: string;
  readonly fields: ObjectLiteralExpression;
}

interface Collecting {
  readonly found: Map<string, Declaration>;
  readonly schemas: readonly DeclaredSchema[];
}

/** Object literals given to z.strictObject: exported constants by name, a recipe's options as `options`. */
function schemasIn(file: string, source: SourceFile): readonly DeclaredSchema[] {
  return source.getDescendantsOfKind(SyntaxKind.CallExpression).flatMap((call) => {
    const [fields] = call.getArguments();
    if (!call.getExpression().getText().endsWith(".strictObject")) return [];
    if (!Node.isObjectLiteralExpression(fields)) return [];
    const owner = call.getFirstAncestor(
      (node) => Node.isVariableDeclaration(node) || Node.isPropertyAssignment(node),
    );
    const named = Node.isVariableDeclaration(owner) || Node.isPropertyAssignment(owner);
    return named ? [{ name: owner.getName(), file, fields }] : [];
  });
}

function collect(into: Collecting, path: string, { file, fields }: DeclaredSchema): void {
  for (const field of ownFields(fields)) {
    const at = `${path}.${field.getName()}`;
    const declaration = { file, line: field.getStartLineNumber() };
    const text = field.getInitializerOrThrow().getText();
    if (!/description:|z\.literal\(/.test(text)) {
      throw new ForgeError("NO_NIX_FORM", `${file}:${declaration.line}: ${at} has no description`, {
        fix: 'add .meta({ description: "…" }); the option docs print it',
      });
    }
    into.found.set(at, declaration);
    const nested = into.schemas.find(({ name }) => text.startsWith(`${name}.prefault(`));
    if (nested) collect(into, at, nested);
  }
}

/** With those of `...NAME`, for a NAME that is an object literal in the same file. */
function ownFields(fields: ObjectLiteralExpression): readonly PropertyAssignment[] {
  return fields.getProperties().flatMap((field) => {
    if (Node.isPropertyAssignment(field)) return [field];
    if (!Node.isSpreadAssignment(field)) return [];
    const shared = fields
      .getSourceFile()
      .getVariableDeclaration(field.getExpression().getText())
      ?.getInitializerIfKind(SyntaxKind.ObjectLiteralExpression);
    return shared === undefined ? [] : ownFields(shared);
  });
}
