import * as z from "zod";

/** The limits of an agent as plain checks. What people read about them stands in schema/agent.ts. */
export const MemorySize = z.string().regex(/^([1-9][0-9]*[KMGT]?|[1-9][0-9]?%|100%)$/, {
  error: "expected bytes, a number with K, M, G or T, or a percentage such as 50%",
});
export const TaskCount = z.int().min(1).max(4_194_304);
export const CpuWeight = z.int().min(1).max(10_000);
