{ services.forge.agents.reviewer.useHome = true; }
