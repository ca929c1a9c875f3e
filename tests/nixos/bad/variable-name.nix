{ services.forge.agents.reviewer.environment."GIT-AUTHOR" = "reviewer"; }
