{ config, lib, ... }:
let
  cfg = config.services.forge;
in
{
  _class = "nixos";

  options.services.forge.manifest = lib.mkOption {
    type = lib.types.raw;
    internal = true;
    readOnly = true;
    description = "What this host runs, in the form of schema/manifest.ts.";
  };

  config = lib.mkIf cfg.enable {
    services.forge.manifest = {
      version = 1;
      host = config.networking.hostName;
      agents = lib.mapAttrs (_: instance: {
        inherit (instance.agent) harness model description;
        inherit (instance) user;
        plan = "${instance.folder}";
      }) cfg.instances;
    };

    environment.etc."forge/manifest.json".text = builtins.toJSON cfg.manifest;
  };
}
