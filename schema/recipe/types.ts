/** How a schema's type looks to a recipe. Only types: what they describe is recorded by record.ts. */
declare const type: unique symbol;

/** A string, number or enum whose value is known only per agent. */
export interface Leaf<T> {
  readonly [type]: T;
}

/** Callable only so that TypeScript refuses `if (flag)` and `flag && …` (TS2774). Never call it. */
export interface Bool {
  (use: "when(flag, …)"): never;
  readonly [type]: boolean;
}

/** May be null: `given()` opens it. */
export interface Maybe<T> {
  readonly [type]: readonly ["maybe", T];
}

export interface Splice<out E> {
  readonly [type]: readonly ["splice", E];
}

/** Spreads into a list: `[...a.extraArgs]`. */
export interface List<out E> {
  readonly [type]: readonly E[];
  [Symbol.iterator](): Iterator<Splice<E>>;
}

export interface AnyDict {
  has(key: Text): Bool;
}

/** A record with keys of the user's choosing. */
export interface Dict<V> extends AnyDict {
  at(key: Text): Expr<V>;
}

/** A discriminated union: `match()` opens it. */
export interface Variants<T> {
  readonly [type]: T;
}

/** Freeform data that is passed on as it is. */
export interface Opaque {
  readonly [type]: "json";
}

type IsUnion<T, U = T> = T extends U ? ([U] extends [T] ? false : true) : never;
type IsAny<T> = 0 extends 1 & T ? true : false;

export type Expr<T> =
  IsAny<T> extends true
    ? Opaque
    : unknown extends T
      ? Opaque
      : null extends T
        ? Maybe<NonNullable<T>>
        : [T] extends [boolean]
          ? Bool
          : [T] extends [string | number]
            ? Leaf<T>
            : [T] extends [readonly (infer E)[]]
              ? List<E>
              : IsUnion<T> extends true
                ? Variants<T>
                : T extends object
                  ? string extends keyof T
                    ? Dict<T[keyof T]>
                    : { readonly [K in keyof T]: Expr<T[K]> }
                  : never;

export type Text = string | Leaf<string>;

/** What may stand in a plan: literals, expressions, and lists and objects of them. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Leaf<unknown>
  | Bool
  | Maybe<unknown>
  | Opaque
  | AnyDict
  | List<unknown>
  | readonly (Value | Splice<unknown>)[]
  | { readonly [key: string]: Value };

/** A list may mix items and spreads; its element type is what either brings. */
export type Items<E> = readonly (E | Splice<E>)[];
export type Element<V> = V extends readonly (infer I)[]
  ? I extends Splice<infer E>
    ? E
    : I
  : never;
/** Lists become spreadable expressions; objects stay objects, so that they spread too. */
export type Lifted<V> = V extends readonly unknown[] ? List<Element<V>> : V;
