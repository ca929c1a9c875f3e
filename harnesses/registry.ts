import { claudeCode } from "./claude-code/harness.ts";
import { codex } from "./codex/harness.ts";
import { gemini } from "./gemini/harness.ts";
import { opencode } from "./opencode/harness.ts";
import { pi } from "./pi/harness.ts";

/** Every harness that forge knows; one line each. Shared code asks these for capabilities, never for names. */
export const HARNESSES = [claudeCode, codex, gemini, opencode, pi] as const;
