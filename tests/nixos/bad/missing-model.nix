{
  services.forge.agents.triage = {
    harness = "pi";
    role = "You sort.";
  };
}
