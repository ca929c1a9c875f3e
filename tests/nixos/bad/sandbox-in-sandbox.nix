{
  services.forge.agents.coder = {
    harness = "codex";
    model = "m";
    role = "r";
    codex.sandbox = "workspace-write";
  };
}
