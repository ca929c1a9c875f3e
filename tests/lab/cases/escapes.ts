import assert from "node:assert/strict";
import { test } from "node:test";
import { agentOn } from "../agent.ts";
import { openMachine, until } from "../machine.ts";
import { personAt } from "../person.ts";

const machine = openMachine();
const calm = agentOn(machine, "calm");

/** As printf writes them. The word shows where it got to. */
const HOSTILE: { readonly [what: string]: string } = {
  "OSC 52 sets the clipboard": "\\e]52;c;ZXZpbA==\\a",
  "OSC 52 in tmux's passthrough": "\\ePtmux;\\e\\e]52;c;ZXZpbA==\\a\\e\\\\",
  "OSC 52 in screen's passthrough": "\\eP\\e]52;c;ZXZpbA==\\a\\e\\\\",
  "a title": "\\e]2;evil\\a",
  "an icon name": "\\e]0;evil\\a",
  "a title on the stack": "\\e]2;evil\\a\\e[22t\\e[23t",
  "a title in screen's way": "\\ekevil\\e\\\\",
  "a question that answers as if typed": "\\e[21t\\e[c\\e[6n\\eP+q544e\\e\\\\",
  "iTerm's file transfer": "\\e]1337;File=name=ZXZpbA==;inline=0:ZXZpbA==\\a",
  "a notification": "\\e]9;evil\\a\\e]777;notify;evil;evil\\a",
};

test("the terminal that people have here is one that sequences work on", async () => {
  const print = 'printf "\\e]52;c;ZXZpbA==\\a\\e]2;evil\\a"; sleep 100';
  await using bea = await personAt(machine, "bea", `bash -c "${print.replaceAll('"', '\\"')}"`);

  await until("a clipboard", async () => (await bea.clipboard()) !== "");
  await until("a title", async () => (await bea.title()) === "evil");
});

/** Sequences as they would arrive; their text alone shows where it was typed. */
const THROUGH =
  /\x1b\](?:0|2|9|52|777|1337);[^\x07\x1b]*(?:evil|ZXZpbA)|\x1bP(?:tmux;|\+q|\x1b)|\x1bk|\x1b\[(?:c|6n|21t|22t)/;

for (const command of ["forge attach calm", "forge-look calm"]) {
  for (const [what, sequence] of Object.entries(HOSTILE)) {
    test(`${command}: ${what} does nothing on the observer's side`, async () => {
      await calm.renewed();
      await using bea = await personAt(machine, "bea", command);
      await bea.sees(/^>/m);
      const title = await bea.title();
      const before = await bea.received();
      await calm.type(`printf '${sequence}'; printf 'pas%s\\n' sed`);
      await bea.sees(/passed/); // behind what its own terminal answered, maybe
      assert.equal(await bea.clipboard(), "");
      assert.equal(await bea.title(), title);
      const received = (await bea.received()).slice(before.length);
      assert.match(received, /passed/);
      assert.doesNotMatch(received, THROUGH);
    });
  }
}
