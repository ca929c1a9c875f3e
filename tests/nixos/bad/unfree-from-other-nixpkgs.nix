{ lib, pkgs, ... }:
{
  nixpkgs.config.allowUnfreePredicate = package: lib.getName package == "claude-code";
  services.forge.harnesses.claude-code.package =
    (import pkgs.path { system = "x86_64-linux"; }).claude-code;
}
