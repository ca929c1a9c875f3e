{ config, lib, ... }:
let
  cfg = config.services.forge;

  own = lib.filterAttrs (_: instance: instance.agent.runAs == null) cfg.instances;
  byUser =
    function:
    lib.mapAttrs' (name: instance: lib.nameValuePair instance.user (function name instance)) own;
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    users.users = byUser (
      name: instance: {
        isSystemUser = true;
        group = instance.user;
        home = instance.home;
        description = "forge agent ${name}";
      }
    );
    users.groups = byUser (_: _: { });
  };
}
