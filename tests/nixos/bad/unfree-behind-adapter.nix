{ pkgs, ... }:
{
  nixpkgs.config.allowUnfree = false;
  services.forge.harnesses.claude-code.package = pkgs.hello;
}
