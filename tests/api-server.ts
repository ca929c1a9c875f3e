import { serveHost } from "../daemon/http/listen.ts";
import { sampleHost } from "./api-host.ts";

/** A server of its own process, for tests that try to break it. Every prompt is submitted at once. */
const [path = "", file = ""] = process.argv.slice(2);
const host = sampleHost({ file });
host.events.follow(({ kind, data }) => {
  if (kind !== "prompt" || data.phase !== "queued") return;
  setImmediate(() => host.decide(data.id, "submitted"));
}, new AbortController().signal);
await serveHost({
  host,
  endpoints: [{ kind: "unix", path, mode: 0o600, role: "write" }],
  warn: console.error,
  timeouts: { headersMs: 20_000, requestMs: 30_000, idleMs: 5000 },
});
process.stdout.write("listening\n");
