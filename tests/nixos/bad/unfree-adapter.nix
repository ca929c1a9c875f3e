{ lib, pkgs, ... }:
{
  nixpkgs.config.allowUnfreePredicate = package: lib.getName package == "claude-code";
  services.forge.harnesses.claude-code.adapter = pkgs.claude-agent-acp.overrideAttrs {
    meta.license = lib.licenses.unfree;
  };
}
