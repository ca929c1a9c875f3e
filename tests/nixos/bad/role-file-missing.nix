{ services.forge.agents.reviewer.role = ./no-such-role.md; }
