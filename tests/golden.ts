import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Compares text with tests/golden/<path>. UPDATE_GOLDEN=1 writes it instead; read the diff before you commit. */
export function expectGolden(path: string, text: string): void {
  const file = fileURLToPath(new URL(`golden/${path}`, import.meta.url));
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.equal(
    text,
    readFileSync(file, "utf8"),
    `${path} differs; UPDATE_GOLDEN=1 accepts the new text`,
  );
}
