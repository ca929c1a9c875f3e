{ lib, pkgs, ... }:
{
  nixpkgs.config.allowUnfreePredicate = package: lib.getName package == "claude-code";
  services.forge = {
    harnesses.pi.package = pkgs.pi-coding-agent.overrideAttrs { meta.license = lib.licenses.unfree; };
    agents.triage = {
      harness = "pi";
      model = "m";
      role = "You sort issues.";
    };
  };
}
