import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { defaultState } from "./default-state.ts";

const root = await mkdtemp(join(tmpdir(), "forge-state-"));
after(() => rm(root, { recursive: true }));
const folder = join(root, "my project");
await mkdir(folder);
for (const name of ["fleet.ts", "other.ts"]) await writeFile(join(folder, name), "");
await symlink(folder, join(root, "link"));

const env = { HOME: "/home/you" };
const state = (file: string, more = {}) => defaultState(file, { env: { ...env, ...more } });

test("the state of a fleet lies in the user's state directory, by its real path", () => {
  const own = state(join(folder, "fleet.ts"));
  assert.match(own, /^\/home\/you\/\.local\/state\/forge\/my-project-[0-9a-f]{8}$/);
  assert.equal(state(join(root, "link/fleet.ts")), own);
  assert.notEqual(state(join(folder, "other.ts")), own);
});

test("XDG_STATE_HOME is used if it is absolute, and a user without HOME has one", () => {
  const file = join(folder, "fleet.ts");
  assert.match(state(file, { XDG_STATE_HOME: "/var/st" }), /^\/var\/st\/forge\/my-project-/);
  assert.equal(state(file, { XDG_STATE_HOME: "st" }), state(file));
  assert.ok(state(file, { HOME: undefined }).startsWith(`${homedir()}/.local/state/forge/`));
});
