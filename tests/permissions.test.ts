import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pi } from "../harnesses/pi/harness.ts";
import { HARNESSES } from "../harnesses/registry.ts";
import { defineHarness } from "../schema/recipe/index.ts";
import { hostileText } from "./arbitrary.ts";
import { refusalOf } from "./subject.ts";

const LIBRARY = { mcpServers: { tracker: { kind: "stdio", command: "/bin/tracker" } } };

interface Spelling {
  /** Entries that the harness keeps and obeys; of MCP servers, only the agent's own. */
  readonly good: readonly string[];
  /** Entries that it drops, or that match nothing: seen with the real programs. */
  readonly bad: readonly string[];
}

/** By harness and option. An option that is not here is refused whatever it says. */
const SPELLINGS: {
  readonly [harness: string]: { readonly [option: string]: Spelling };
} = {
  "claude-code": {
    "permissions.deny": {
      good: [
        ...["Bash", "Bash(rm:*)", "Bash(git push *)", "Bash(echo (a) b)", "WebFetch", "Task", "*"],
        ...["Read(./.env)", "Edit(//etc/**)", "WebFetch(domain:*.example.com)", "Agent(Explore)"],
        ...["mcp__tracker", "mcp__tracker__*", "mcp__tracker__delete_issue", "mcp__*"],
      ],
      bad: [
        ...["bash", " Bash", "Bash (rm)", "Bash(", "Bash(rm", "Bash)", "Bash()", "Bash(:*)", ""],
        ...["MultiEdit", "LS", "TaskOutput", "Shell", "run_shell_command", "Wrte", "Wr*"],
        ...["WebFetch(https://example.com)", "WebFetch(example.com)", "WebSearch(a*)"],
        ...["Read(x:*)", "Read(file_path:/etc)", "Write(x)", "Glob(x)", "Bash(command:rm)"],
        ...["mcp__trakcer", "mcp__tracker(x)", "mcp__tracker__x(y)", "mcp_tracker_x", "tracker_x"],
        ...["Bash(rm\n)", "Bash\n", "Bash(rm:* -rf)"],
      ],
    },
    "permissions.allow": {
      good: ["Bash(git diff:*)", "Read", "mcp__tracker__search"],
      bad: ["*", "mcp__*", "bash", "git diff"],
    },
  },
  gemini: {
    "permissions.deny": {
      good: ["run_shell_command", "web_fetch", "*", "mcp_*", "mcp_tracker_*", "mcp_tracker_delete"],
      bad: [
        ...["Bash", "bash", "Shell", "ShellTool", "run_shell_command(rm)", "WriteFile", "WebFetch"],
        ...["mcp__tracker__delete", "mcp_other_*", "tracker_*", "run_*", "read_file ", ""],
      ],
    },
    "permissions.allow": { good: ["read_file", "mcp_tracker_*"], bad: ["*", "ReadFile"] },
    "gemini.denyCommands": {
      good: ["git push", "rm", "npm run test:e2e", "./deploy.sh --force"],
      bad: ["rm *", "rm:*", "git push ", "Bash(rm:*)", "ShellTool(rm)", " rm", ""],
    },
  },
  opencode: {
    "permissions.deny": {
      good: ["bash", "edit", "webfetch", "tracker_*", "tracker_delete_issue"],
      bad: [
        ...["Bash", "Bash(rm:*)", "write", "apply_patch", "multiedit", "patch", "*", "web*"],
        ...["mcp__tracker__x", "other_*", "tracker", "tracker_del*", "run_shell_command", ""],
      ],
    },
    "permissions.allow": { good: ["webfetch", "tracker_*"], bad: ["WebFetch", "write"] },
  },
  pi: {
    "permissions.deny": {
      good: ["bash", "write", "edit", "read"],
      bad: ["Bash", "Bash(rm:*)", "shell", "bash ", "bash,read", "powershell", "rm", "*", ""],
    },
  },
  codex: {
    "codex.denyMcpTools": {
      good: ["delete_issue", "issues.delete"],
      bad: ["mcp__tracker__delete_issue", "Bash(rm:*)", "delete_*", "*", ""],
    },
  },
};

function nested(path: string, value: unknown): { readonly [key: string]: unknown } {
  const [key = "", ...rest] = path.split(".");
  return { [key]: rest.length === 0 ? value : nested(rest.join("."), value) };
}

for (const harness of HARNESSES) {
  const spellings = SPELLINGS[harness.name] ?? {};
  const refusal = (option: string, entry: string) => {
    const mcpServers = harness.name === "pi" ? [] : ["tracker"];
    return refusalOf(harness, { mcpServers, ...nested(option, [entry]) }, LIBRARY);
  };

  for (const [option, { good, bad }] of Object.entries(spellings)) {
    test(`${harness.name}: ${option} takes what the harness obeys`, () => {
      for (const entry of good) assert.equal(refusal(option, entry), "", entry);
    });
    test(`${harness.name}: ${option} refuses what matches nothing, and says what does`, () => {
      for (const entry of bad) {
        const text = refusal(option, entry);
        assert.ok(text.startsWith("AGENT_RULE: agents.a."), `${JSON.stringify(entry)}: ${text}`);
        assert.ok(text.includes(`"${entry}" matches no tool`) && text.includes("→"), text);
      }
    });
  }

  test(`${harness.name}: no other harness's spelling is a deny entry`, () => {
    const option = "permissions.deny";
    const own = new Set(spellings[option]?.good);
    const others = Object.values(SPELLINGS).flatMap((of) => of[option]?.good ?? []);
    for (const entry of others.filter((other) => !own.has(other) && !SHARED.has(other)))
      assert.notEqual(refusal(option, entry), "", entry);
  });

  test(`${harness.name}: random text is no deny entry`, () => {
    const option = "permissions.deny";
    const words = fc.stringMatching(/^[A-Za-z_]{1,12}([(][a-z:*. ]{0,8}[)]?)?$/);
    const entry = fc.oneof(hostileText, words);
    fc.assert(
      fc.property(entry, (text) => refusal(option, text) !== "" || isTool(harness.name, text)),
      { numRuns: 500, seed: 9 },
    );
  });
}

/** Names that mean a tool in several harnesses. */
const SHARED = new Set(["bash", "read", "edit", "write", "*"]);

/** By the harness's own rules, written apart from the recipes: the tool that an entry names. */
function isTool(harness: string, entry: string): boolean {
  if (harness !== "claude-code") return /^[a-z_*]+$/.test(entry);
  const [, name, rest = ""] = /^([A-Za-z]+|[*])(\(.+\))?$/s.exec(entry) ?? [];
  return name !== undefined && /^([A-Z]|[*])/.test(name) && !rest.includes("\n");
}

test("a recipe that uses permissions and checks no entry is refused", () => {
  const { stub, options, ...data } = pi;
  const none = () => [];
  const unchecked = () =>
    defineHarness({
      ...data,
      ...{ options, stub, acp: () => null, rules: none, env: () => ({}), files: () => ({}) },
      seed: () => ({}),
      argv: (a) => [...a.permissions.deny],
      headless: (a) => ({ prompt: "stdin", argv: [a.bin], env: {} }),
    });
  assert.throws(unchecked, { code: "RECIPE_INVALID", message: /permissions\.deny is used/ });
});
