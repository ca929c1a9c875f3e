{ services.forge.agents.reviewer.harness = "claud-code"; }
