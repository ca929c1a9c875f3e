import * as z from "zod";

const Size = z.string().regex(/^[1-9][0-9]*[KMGT]?$/, {
  error: "expected bytes, or a number with K, M, G or T",
});

export const Resources = z.strictObject({
  memoryMax: Size.nullable()
    .default(null)
    .meta({
      description:
        "Memory limit of the agent with everything it starts, in bytes or with K, M, G, T; null means none.",
      examples: ["4G"],
    }),
  tasksMax: z.int().min(1).max(4_194_304).default(2048).meta({
    description: "Limit of processes and threads.",
  }),
  cpuWeight: z.int().min(1).max(10_000).default(100).meta({
    description: "Share of the processor under contention; 100 is what every other service has.",
  }),
});
