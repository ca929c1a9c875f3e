{ services.forge.agents.reviewer.resources.memoryMax = "101%"; }
