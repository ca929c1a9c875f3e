{
  services.forge.agents.reviewer = {
    runAs = "builder";
    useHome = true;
  };
  users.users.builder = {
    isSystemUser = true;
    group = "users";
  };
}
