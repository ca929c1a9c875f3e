import { Node, Project, type SourceFile, SyntaxKind } from "ts-morph";
import { ForgeError } from "../schema/errors.ts";

/** JavaScript's own choices: in a recipe they are made once, at recording, not per agent. */
const CHOICES = new Map<SyntaxKind, string>([
  [SyntaxKind.ConditionalExpression, "?:"],
  [SyntaxKind.IfStatement, "if"],
  [SyntaxKind.SwitchStatement, "switch"],
  [SyntaxKind.AmpersandAmpersandToken, "&&"],
  [SyntaxKind.BarBarToken, "||"],
  [SyntaxKind.QuestionQuestionToken, "??"],
  [SyntaxKind.ExclamationToken, "!"],
  [SyntaxKind.EqualsEqualsEqualsToken, "==="],
  [SyntaxKind.ExclamationEqualsEqualsToken, "!=="],
]);

/**
 * Refuses JavaScript choices in the builders of a recipe (rules, argv, env, files and so on): an expression is
 * always truthy there, so one side would silently win. Recording catches most of these, not all.
 */
export function lintRecipe(root: string, file: string): void {
  const project = new Project({
    skipAddingFilesFromTsConfig: true,
    skipFileDependencyResolution: true,
  });
  for (const builder of buildersIn(project.addSourceFileAtPath(`${root}/${file}`))) {
    builder.forEachDescendant((node) => {
      const kind = Node.isPrefixUnaryExpression(node) ? node.getOperatorToken() : node.getKind();
      const choice = CHOICES.get(kind);
      if (choice === undefined) return;
      throw new ForgeError(
        "RECIPE_INVALID",
        `${file}:${node.getStartLineNumber()}: \`${choice}\` chooses when the recipe is recorded, not per agent`,
        {
          fix: "flag: when(); nullable: given(); enum or union: match(); tests: is(), isGiven(), isEmpty(), not(), and()",
        },
      );
    });
  }
}

const buildersIn = (source: SourceFile): readonly Node[] =>
  source
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((call) => call.getExpression().getText() === "defineHarness")
    .flatMap((call) => call.getArguments())
    .flatMap((recipe) => (Node.isObjectLiteralExpression(recipe) ? recipe.getProperties() : []))
    .flatMap((property): Node[] =>
      Node.isPropertyAssignment(property) ? [property.getInitializerOrThrow()] : [property],
    )
    .filter((value) => Node.isArrowFunction(value) || Node.isFunctionLikeDeclaration(value));
