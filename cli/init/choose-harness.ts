import { ForgeError } from "../../schema/errors.ts";
import type { Harness } from "../../schema/recipe/harness.ts";
import {
  findHarness,
  type HarnessProgram,
  installing,
  isUnusable,
  type Where,
} from "../up/find-harness.ts";

export interface Choice {
  readonly harness: Harness;
  /** Nothing if it is not installed. */
  readonly program: HarnessProgram | undefined;
  /** The other harnesses that are installed. */
  readonly others: readonly string[];
}

type Places = Pick<Where, "projects" | "path">;

/** The harness that was asked for, installed or not; else the first one that is installed. */
export async function chooseHarness(
  harnesses: readonly Harness[],
  asked: string | undefined,
  places: Places,
): Promise<Choice> {
  const found = await Promise.all(
    harnesses.map(async (harness) => ({ harness, program: await installed(harness, places) })),
  );
  const here = found.filter(({ program }) => program !== undefined);
  const choice =
    asked === undefined ? here[0] : found.find(({ harness }) => harness.name === asked);
  if (choice === undefined)
    throw asked === undefined ? noneFound(harnesses) : unknown(asked, harnesses);
  const others = here.map(({ harness }) => harness.name);
  return { ...choice, others: others.filter((name) => name !== choice.harness.name) };
}

async function installed(harness: Harness, places: Places): Promise<HarnessProgram | undefined> {
  try {
    return await findHarness(harness, { given: undefined, flag: "", own: null, ...places });
  } catch (error) {
    if (isUnusable(error)) return undefined;
    throw error;
  }
}

const noneFound = (harnesses: readonly Harness[]): ForgeError =>
  new ForgeError("HARNESS_NOT_FOUND", "no harness is installed in this npm project or on PATH", {
    fix: `install one, then run this again:\n${harnesses.map((one) => `    ${installing(one)}\n`).join("")}`.trimEnd(),
  });

const unknown = (asked: string, harnesses: readonly Harness[]): ForgeError =>
  new ForgeError("USAGE", `--harness ${asked}: no such harness`, {
    fix: `harnesses are: ${harnesses.map(({ name }) => name).join(", ")}`,
  });
