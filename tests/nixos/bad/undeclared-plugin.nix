{ services.forge.agents.reviewer.plugins = [ "superpowers" ]; }
