{ services.forge.agents.reviewer.secrets.ANTHROPIC_API_KEY.file = ./base.nix; }
