{ services.forge.agents.reviewer.secrets.ANTHROPIC_API_KEY.file = builtins.toFile "key" "sk"; }
