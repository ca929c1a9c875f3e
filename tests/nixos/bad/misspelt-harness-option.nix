{ services.forge.agents.reviewer.claude-code.permisionMode = "plan"; }
