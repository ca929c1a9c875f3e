import type { SecretReference, TextOrSecret } from "../library.ts";
import { each, keys, mapValues, record, t, textOrSecret } from "./build.ts";
import type { Dict, Expr, Leaf, List, Text, Value } from "./types.ts";

type Values = Dict<TextOrSecret>;

/** The values for a harness that fills in variables itself, each in that harness's notation. */
export const filledIn = (
  of: Values,
  variable: (name: Leaf<string>) => Text,
): { readonly [name: string]: Leaf<string> } =>
  mapValues(of, (value) =>
    textOrSecret(value, {
      text: (text) => t`${text}`,
      secret: ({ secret, prefix }) => t`${prefix}${variable(secret)}`,
    }),
  );

/** Only the values that are text. */
export const texts = (of: Values): { readonly [name: string]: Leaf<string> } =>
  record(
    namesOfTexts(of),
    (name) => name,
    (name) => textOrSecret(of.at(name), { text: (text) => t`${text}`, secret: () => t`` }),
  );

function namesOfTexts(of: Values): List<string>;
function namesOfTexts(of: Values): unknown {
  return each(keys(of), (name) =>
    textOrSecret(of.at(name), { text: () => [name], secret: () => [] }),
  );
}

type Plain<V> = V extends Leaf<infer T> ? T : V;

/** Items for each value that comes from a secret. */
export function eachSecret<V extends Value>(
  of: Values,
  items: (name: Leaf<string>, reference: Expr<SecretReference>) => List<V> | readonly V[],
): List<Plain<V>>;
export function eachSecret(
  of: Values,
  items: (name: Leaf<string>, reference: Expr<SecretReference>) => List<Value> | readonly Value[],
): unknown {
  return each(keys(of), (name) =>
    textOrSecret(of.at(name), { text: () => [], secret: (reference) => items(name, reference) }),
  );
}
