import { and, isEmpty, not } from "./build.ts";
import type { Subject } from "./harness.ts";
import type { Bool, Text } from "./types.ts";

/** Whether the agent certainly lacks a variable: what is in its environment files, only its start knows. */
export const isWithout = (
  {
    environment,
    environmentFiles,
    secrets,
  }: Pick<Subject, "environment" | "environmentFiles" | "secrets">,
  name: Text,
): Bool => and(and(not(secrets.has(name)), not(environment.has(name))), isEmpty(environmentFiles));
