import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Subject } from "../agents.ts";

/** The machine that every other case relies on. */
export async function confined({ t }: Subject): Promise<void> {
  await t.test("there is no network but loopback, and the root is read-only", () => {
    assert.deepEqual(Object.keys(networkInterfaces()), ["lo"]);
    for (const folder of ["/", "/usr", "/etc", "/root", "/var/tmp", import.meta.dirname]) {
      assert.throws(() => writeFileSync(join(folder, "forge-matrix"), ""), { code: "EROFS" });
    }
  });
}

/** After every other case: whoever needed to write elsewhere failed in one of them. */
export async function leftBehind({ t, rig, facts }: Subject): Promise<void> {
  await t.test("nothing was written but state and what its tool was told", () => {
    const files = (folder: string) => readdirSync(join(rig.root, folder)).toSorted();
    assert.deepEqual(files("home"), []);
    assert.deepEqual(files("run"), []);
    const { instructions, files: given } = facts.repository ?? { instructions: ".git", files: {} };
    const own = Object.keys(given).map((file) => file.split("/")[0]);
    const expected = new Set([".git", "bypassed", instructions, ...own]);
    assert.deepEqual(files("repository"), [...expected].toSorted());
  });
}
