{ services.forge.agents.reviewer.serviceConfig.Environment = [ "HTTPS_PROXY=http://proxy:3128" ]; }
