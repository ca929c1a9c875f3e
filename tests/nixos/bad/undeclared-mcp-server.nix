{ services.forge.agents.reviewer.mcpServers = [ "tracker" ]; }
