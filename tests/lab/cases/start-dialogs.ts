import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as z from "zod";
import { AgentOnHost } from "../../../schema/command-output.ts";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";

/** What a harness asks before its first prompt, as people see it from outside. */
const machine = openMachine();
const quiet = agentOn(machine, "quiet");
const START = "/var/lib/forge/quiet/start";

after(async () => {
  await machine.bash(`rm -f ${START}`);
  await quiet.renewed();
});

const listed = async () => {
  const agents = z.array(AgentOnHost).parse(JSON.parse(await machine.bash("forge ps --json")));
  const { activity, screen } = agents.find(({ name }) => name === "quiet") ?? {};
  return { activity, screen };
};
const seen = async () => `${JSON.stringify(await listed())}\n${await quiet.screen()}`;

async function isTold(activity: string, screen: readonly string[], cursor: string): Promise<void> {
  const isShown = async () => (await listed()).activity === activity;
  await until(`quiet is ${activity}`, isShown, { seconds: 100, seen });
  assert.deepEqual(await listed(), { activity, screen });
  const verbose = await machine.bash("forge ps --verbose");
  for (const text of screen) assert.ok(verbose.includes(`\n  | ${text}\n`), verbose);
  const [entry] = await machine.journal(cursor, "FORGE_AGENT=quiet", `FORGE_EVENT=${activity}`);
  assert.deepEqual(JSON.parse(String(entry?.["FORGE_SCREEN"])), screen);
}

test("a login that is asked for after readiness is told, with its line", async () => {
  await quiet.renewed();
  await until("quiet is ready", async () => (await listed()).activity === "ready", { seen });
  const cursor = await machine.cursor();
  await quiet.type("printf '\\e[2J\\e[H\\n  No models available: log in\\n'");
  await isTold("waiting-login", ["  No models available: log in"], cursor);
});

test("a terminal that does not answer for a while is looked at again", async () => {
  await quiet.renewed();
  await until("quiet is ready", async () => (await listed()).activity === "ready", { seen });
  const cursor = await machine.cursor();
  await quiet.type("sleep 20; printf '\\e[2J\\e[H\\n  No models available: log in\\n'");
  await machine.bash("pkill -STOP -f -- '-S /run/forge/tty/quiet/[s]ock'");
  await machine.bash("sleep 25; pkill -CONT -f -- '-S /run/forge/tty/quiet/[s]ock'");
  await isTold("waiting-login", ["  No models available: log in"], cursor);
});

test("a screen that forge does not know is told after a minute, as text that does nothing", async () => {
  await machine.bash(`cat >${START}; chmod 644 ${START}`, {
    input:
      "printf '\\e]2;free gift\\a\\e[2J\\e[H\\e[31mAccept\\e[0m the terms?\\n\\n (y/n) '; sleep 1000\n",
  });
  const cursor = await machine.cursor();
  await machine.systemctl("restart", quiet.unit);
  await isTold("unknown", ["Accept the terms?", " (y/n)"], cursor);
});
