/**
 * What Node 20 lacks of what our sources and execa use, as the standard describes it. scripts/bundle.ts puts this first
 * into the package; a checkout runs on a newer Node.
 */
export class DisposableStack20 implements AsyncDisposable {
  #undo: (() => unknown)[] = [];

  use<T extends AsyncDisposable>(value: T): T {
    this.defer(() => value[Symbol.asyncDispose]());
    return value;
  }

  defer(undo: () => unknown): void {
    this.#undo.push(undo);
  }

  move(): DisposableStack20 {
    const moved = new DisposableStack20();
    moved.#undo = this.#undo;
    this.#undo = [];
    return moved;
  }

  /** Last in, first out; one that fails keeps none of the others from running. */
  async disposeAsync(): Promise<void> {
    const errors: unknown[] = [];
    for (let undo = this.#undo.pop(); undo !== undefined; undo = this.#undo.pop()) {
      try {
        await undo();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, "several steps of a clean-up failed");
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disposeAsync();
  }
}

export function withResolvers20<T>() {
  let resolve: (value: T | PromiseLike<T>) => void = () => {};
  let reject: (reason?: unknown) => void = () => {};
  const promise = new Promise<T>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

export function union20<T, U>(this: Set<T>, other: Set<U>): Set<T | U> {
  return new Set<T | U>([...this, ...other]);
}

function supply(target: object, name: string, value: unknown): void {
  if (!(name in target))
    Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

supply(globalThis, "AsyncDisposableStack", DisposableStack20);
supply(Promise, "withResolvers", withResolvers20);
supply(Set.prototype, "union", union20);
