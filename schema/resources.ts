import * as z from "zod";

const Size = z.string().regex(/^[1-9][0-9]*[KMGT]?$/, {
  error: "expected bytes, or a number with K, M, G or T",
});

export const Resources = z.strictObject({
  memoryMax: Size.nullable()
    .default(null)
    .meta({
      description:
        "Memory limit of the agent and every program that it starts: bytes, or a number with K, M, G or T. null sets no limit.",
      examples: ["4G"],
    }),
  tasksMax: z.int().min(1).max(4_194_304).default(2048).meta({
    description: "Limit of processes and threads of the agent and every program that it starts.",
  }),
  cpuWeight: z.int().min(1).max(10_000).default(100).meta({
    description:
      "Share of processor time while programs compete for it. Every other service has 100.",
  }),
});
