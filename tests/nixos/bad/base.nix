# An agent with nothing wrong. Every other file here spoils one thing.
{ lib, ... }:
{
  nixpkgs.hostPlatform = "x86_64-linux";
  nixpkgs.config = lib.mkDefault { allowUnfree = true; };

  services.forge.agents.reviewer = {
    harness = lib.mkDefault "claude-code";
    model = "sonnet";
    role = "You review pull requests.";
  };
}
