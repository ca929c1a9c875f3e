{ services.forge.agents.reviewer.pi.tools = [ "read" ]; }
