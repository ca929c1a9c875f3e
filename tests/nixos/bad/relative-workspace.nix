{ services.forge.agents.reviewer.workspace = "checkouts/website"; }
