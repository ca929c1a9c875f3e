{ services.forge.agents.reviewer.skills = [ "reviw" ]; }
