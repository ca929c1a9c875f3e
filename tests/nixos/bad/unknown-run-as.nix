{ services.forge.agents.reviewer.runAs = "alcie"; }
