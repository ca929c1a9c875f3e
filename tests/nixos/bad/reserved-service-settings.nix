{
  services.forge.agents.reviewer.serviceConfig = {
    ExecStart = "/bin/sh";
    MemoryMax = "1G";
    User = "root";
  };
}
