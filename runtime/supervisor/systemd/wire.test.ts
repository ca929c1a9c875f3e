import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as z from "zod";
import { decode, encode, type Message } from "./wire.ts";

const captured = (name: string): string =>
  readFileSync(new URL(`captured/${name}`, import.meta.url), "utf8");

/** What systemd 257 answered, as it came over the bus. */
const answers = Buffer.from(captured("answers.base64"), "base64");
/** The same questions answered to busctl. */
const expected = z.record(z.string(), z.unknown()).parse(JSON.parse(captured("answers.json")));

function messages(data: Buffer): readonly Message[] {
  const message = decode(data);
  return message ? [message, ...messages(data.subarray(message.size))] : [];
}

const answerTo = (serial: number): Message => {
  const answer = messages(answers).find((message) => message.serial === serial);
  assert.ok(answer, `nothing answers ${serial}`);
  return answer;
};

/** Serial numbers of the captured calls. */
const ASKED = {
  ...{ MainPID: 3, StateChangeTimestamp: 4, MemoryCurrent: 5, Result: 6 },
  ...{ ExecMainStatus: 7, CanStart: 8, ExecStart: 9, Job: 11 },
};

test("every captured message is read, to its last byte", () => {
  assert.equal(
    messages(answers).reduce((sum, { size }) => sum + size, 0),
    answers.length,
  );
});

for (const [property, serial] of Object.entries(ASKED)) {
  test(`${property} is what busctl says`, () => {
    assert.deepEqual(answerTo(serial), {
      kind: "return",
      serial,
      path: "",
      values: [expected[property]],
      size: answerTo(serial).size,
    });
  });
}

test("a list of units is what busctl says", () => {
  assert.deepEqual(answerTo(2).values, expected["ListUnitsByNames"]);
});

test("a refusal is told from an answer", () => {
  const { kind, values } = answerTo(12);
  assert.equal(kind, "error");
  assert.match(String(values[0]), /Unknown interface|Unknown property/);
});

test("a message that has not arrived as a whole is not read", () => {
  const { size } = answerTo(2);
  const whole = answers.subarray(0, messages(answers)[0]?.size ?? size);
  for (let length = 0; length < whole.length; length++) {
    assert.equal(decode(whole.subarray(0, length)), undefined);
  }
});

test("a call says its arguments, whatever their lengths", () => {
  for (const args of [[], ["a"], ["abc", ["x", "longer", ""]], [[], ["odd"]]]) {
    const call = { destination: "a.b", path: "/a", interface: "a.b.c", member: "D", args };
    const bytes = Buffer.from(encode(7, call), "latin1");
    const message = decode(bytes);
    assert.deepEqual(message?.values, args);
    assert.equal(message?.size, bytes.length);
  }
});
