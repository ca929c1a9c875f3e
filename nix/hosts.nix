# One NixOS system per folder of deployments/ that has a configuration.nix.
{ nixpkgs, sops-nix, ... }:
let
  inherit (nixpkgs) lib;

  configuration = host: ../deployments + "/${host}/configuration.nix";
  isHost = name: type: type == "directory" && builtins.pathExists (configuration name);
in
lib.mapAttrs (
  host: _:
  lib.nixosSystem {
    modules = [
      ../modules
      sops-nix.nixosModules.sops
      (configuration host)
      { networking.hostName = lib.mkDefault host; }
    ];
  }
) (lib.filterAttrs isHost (builtins.readDir ../deployments))
