// Prepares this checkout for `npm run demo` or `npm test`: npm packages, and programs of the system.
// Plain JavaScript that Node 20 runs, because nothing is installed yet. Says nothing if all is there.
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Programs, with the Debian package that brings each. */
const DEMO = { tmux: "tmux", jq: "jq", flock: "util-linux", ps: "procps" };
const TEST = {
  ...DEMO,
  "nix-instantiate": "nix-bin",
  git: "git",
  sqlite3: "sqlite3",
  strace: "strace",
  ip: "iproute2",
};
const NEEDED = { demo: DEMO, test: TEST };
/** What the demo's agents ask for; they run without. */
const WANTED = [
  { programs: ["fd", "fdfind"], package: "fd-find" },
  { programs: ["rg"], package: "ripgrep" },
];

/** @param {string} text @returns {never} */
function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

/** @param {string} file @param {string[]} args @param {NodeJS.ProcessEnv} env */
function tryRun(file, args, env = process.env) {
  process.stderr.write(`setup: ${file} ${args.join(" ")}\n`);
  const stdio = /** @type {const} */ (["ignore", process.stderr, "inherit"]);
  return spawnSync(file, args, { cwd: root, env, stdio });
}

/** @param {string} file @param {string[]} args @param {NodeJS.ProcessEnv} env */
function run(file, args, env = process.env) {
  const { status, error } = tryRun(file, args, env);
  if (status !== 0) fail(`setup: ${file} failed${error ? `: ${error.message}` : ""}`);
}

/** @param {string} path */
function exists(path, mode = constants.X_OK) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} program */
const onPath = (program) =>
  (process.env["PATH"] ?? "").split(delimiter).some((folder) => exists(join(folder, program)));

/** @param {string} file @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }>} */
const lockedPackages = (file) => JSON.parse(readFileSync(join(root, file), "utf8")).packages;

/** By content: git gives files the time of the checkout. npm writes its copy when an install is complete. */
function isInstalled() {
  if (!exists(join(root, "node_modules/.bin/node"))) return false;
  if (!exists(join(root, "node_modules/.package-lock.json"), constants.R_OK)) return false;
  const installed = lockedPackages("node_modules/.package-lock.json");
  return Object.entries(lockedPackages("package-lock.json")).every(([path, wanted]) => {
    const found = installed[path];
    if (path === "" || (found === undefined && wanted.optional)) return true;
    return found?.version === wanted.version && found?.integrity === wanted.integrity;
  });
}

function installPackages() {
  if (!isInstalled()) run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}

/** @param {string[]} packages */
const install = (packages) => ["install", "-y", "--no-install-recommends", ...packages];
const isRoot = process.getuid?.() === 0;
const APT = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };

/** @param {Record<string, string>} needed */
function installPrograms(needed) {
  const missing = Object.keys(needed).filter((program) => !onPath(program));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => needed[program] ?? program))];
  if (!onPath("apt-get")) fail(`setup: install these programs first: ${missing.join(", ")}`);
  if (!isRoot) {
    fail(
      `setup: missing: ${missing.join(", ")}. Run:\n  sudo apt-get update && sudo apt-get ${install(packages).join(" ")}`,
    );
  }
  run("apt-get", ["update", "-q"], APT);
  run("apt-get", install(packages), APT);
}

/** Without a network this takes seconds, not minutes, and is no failure. */
const IMPATIENT = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10"];

function installWanted() {
  const missing = WANTED.filter(({ programs }) => !programs.some(onPath)).map((one) => one.package);
  if (missing.length === 0 || !isRoot || !onPath("apt-get")) return;
  const isDone = [["update", "-q"], install(missing)].every(
    (args) => tryRun("apt-get", [...IMPATIENT, ...args], APT).status === 0,
  );
  if (!isDone) process.stderr.write(`setup: going on without ${missing.join(" and ")}\n`);
}

// Ctrl-C reaches npm too, which first puts its folders in order. A second run must not come between.
process.on("SIGINT", () => {});

const what = process.argv[2];
if (what !== "demo" && what !== "test") fail("usage: node scripts/setup.mjs demo|test");
installPrograms(NEEDED[what]);
if (what === "demo") installWanted();
installPackages();
