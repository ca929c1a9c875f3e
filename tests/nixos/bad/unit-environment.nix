{ pkgs, ... }:
{
  systemd.services.forge-agent-reviewer = {
    environment.HTTPS_PROXY = "http://proxy:3128";
    path = [ pkgs.hello ];
    serviceConfig = {
      EnvironmentFile = "/run/secrets/reviewer.env";
      PassEnvironment = "TZ";
    };
  };
}
