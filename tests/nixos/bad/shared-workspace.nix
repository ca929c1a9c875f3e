{
  services.forge.agents.reviewer.workspace = "/srv/website";
  services.forge.agents.triage = {
    harness = "pi";
    model = "sonnet";
    role = "You sort.";
    workspace = "/srv/website";
  };
}
