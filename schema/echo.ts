import { keyLike } from "./key-looks.ts";

/** What looks like a key, a token of three parts, or any long run of the characters that keys are made of. */
const KEY = new RegExp(`${keyLike(8)}|eyJ[\\w-]{8,}\\.|^[A-Za-z0-9_+=-]{32,}$`);

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|CREDENTIAL/i;

/**
 * A refused value as an error may show it: JSON, or undefined where it is or may be a secret, by its place (anything
 * below `secrets`, a variable with a telling name) or by its looks.
 */
export function echoOf(value: unknown, path: readonly PropertyKey[]): string | undefined {
  const text = JSON.stringify(value);
  if (text === undefined || (path.includes("secrets") && !isPath(value))) return undefined;
  const name = String(path.at(-1) ?? "");
  const isVariable = ["environment", "env", "headers"].includes(String(path.at(-2)));
  if ((isVariable && SECRET_NAME.test(name)) || holdsKey(value)) return undefined;
  return text;
}

const isPath = (value: unknown): boolean => typeof value === "string" && /^[.~]{0,2}\//.test(value);

function holdsKey(value: unknown): boolean {
  if (typeof value === "string") return KEY.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, child]) => KEY.test(name) || holdsKey(child));
}
