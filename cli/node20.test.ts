import assert from "node:assert/strict";
import { test } from "node:test";
import { DisposableStack20, union20, withResolvers20 } from "./node20.ts";

test("a stack undoes last in, first out, and all of it when a step fails", async () => {
  const done: string[] = [];
  const stack = new DisposableStack20();
  stack.defer(() => done.push("first"));
  stack.use({
    [Symbol.asyncDispose]: async () => {
      done.push("second");
      throw new Error("no");
    },
  });
  stack.defer(async () => done.push("third"));
  await assert.rejects(stack.disposeAsync(), { message: "no" });
  assert.deepEqual(done, ["third", "second", "first"]);
  await stack.disposeAsync();
  assert.equal(done.length, 3);
});

test("what was moved is undone by the new stack alone", async () => {
  const done: string[] = [];
  const stack = new DisposableStack20();
  stack.defer(() => done.push("moved"));
  const moved = stack.move();
  await stack[Symbol.asyncDispose]();
  assert.deepEqual(done, []);
  await moved.disposeAsync();
  assert.deepEqual(done, ["moved"]);
});

test("two failures are both told", async () => {
  const stack = new DisposableStack20();
  for (const message of ["a", "b"])
    stack.defer(() => {
      throw new Error(message);
    });
  await assert.rejects(stack.disposeAsync(), AggregateError);
});

test("promises and sets", async () => {
  const settled = withResolvers20<number>();
  settled.resolve(1);
  assert.equal(await settled.promise, 1);
  const failed = withResolvers20();
  failed.reject(new Error("no"));
  await assert.rejects(failed.promise, { message: "no" });
  assert.deepEqual(union20.call(new Set([1, 2]), new Set([2, 3])), new Set([1, 2, 3]));
});
