{ services.forge.agents.reviewer.plan = { }; }
