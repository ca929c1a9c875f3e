{ services.forge.agents.reviewer.modle = "opus"; }
