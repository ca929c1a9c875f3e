# Who agents run as, and who may look at them, type into them, start and stop them.
{ config, lib, ... }:
let
  cfg = config.services.forge;

  own = lib.filterAttrs (_: instance: instance.agent.runAs == null) cfg.instances;
  byUser =
    function:
    lib.mapAttrs' (name: instance: lib.nameValuePair instance.user (function name instance)) own;

  people =
    may:
    lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "alice" ];
      description = "Users of this host who may ${may}.";
    };
in
{
  _class = "nixos";

  options.services.forge = {
    observers = people "observe every agent's terminal, read-only";
    operators = people "observe every agent's terminal, type into it, and start and stop agents";
  };

  config = lib.mkIf cfg.enable {
    users.users = byUser (
      name: instance: {
        isSystemUser = true;
        group = instance.user;
        home = instance.home;
        description = "forge agent ${name}";
      }
    );
    users.groups = byUser (_: _: { }) // {
      forge-observers.members = cfg.observers ++ cfg.operators;
      forge-operators.members = cfg.operators;
    };

    security.polkit.extraConfig = lib.mkIf config.security.polkit.enable ''
      polkit.addRule(function (action, subject) {
        if (
          action.id == "org.freedesktop.systemd1.manage-units" &&
          /^forge-agent-[a-z0-9-]+\.service$/.test(action.lookup("unit")) &&
          ["start", "stop", "restart", "try-restart", "reset-failed"].indexOf(action.lookup("verb")) >= 0 &&
          (subject.isInGroup("forge-operators") || subject.user == "forged")
        ) {
          return polkit.Result.YES;
        }
      });
    '';
  };
}
