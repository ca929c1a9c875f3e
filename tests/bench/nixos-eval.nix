# A system with `count` agents, or with `count` bare units: one script, an own user and group.
{
  nixpkgs,
  kind,
  count,
}:
let
  lib = import (nixpkgs + "/lib");

  many =
    function:
    lib.listToAttrs (
      lib.genList (i: {
        name = "a-${toString i}";
        value = function (toString i);
      }) count
    );

  # Two of three in the one harness, as fleets are; each with a secret, a skill and an option of its harness.
  agent =
    i:
    {
      description = "Agent ${i}";
      role = "You are agent ${i}. Be brief.";
      model = "sonnet";
      skills = [ "review" ];
      secrets.ANTHROPIC_API_KEY.file = "/run/secrets/key-${i}";
      resources.memoryMax = "4G";
    }
    // (
      if lib.mod (lib.toInt i) 3 == 0 then
        {
          harness = "pi";
          pi.tools = [ "read" ];
        }
      else
        {
          harness = "claude-code";
          claude-code.permissionMode = "deny";
        }
    );

  kinds = {
    bare =
      { pkgs, ... }:
      {
        systemd.services = many (i: {
          wantedBy = [ "multi-user.target" ];
          serviceConfig = {
            ExecStart = "${pkgs.writeShellScript "a-${i}" "exec sleep ${i}"}";
            User = "a-${i}";
          };
        });
        users.users = lib.mapAttrs (name: _: {
          isSystemUser = true;
          group = name;
        }) (many lib.id);
        users.groups = lib.mapAttrs (_: _: { }) (many lib.id);
      };

    forge = {
      imports = [ ../../modules ];
      services.forge = {
        enable = true;
        skills.review = {
          description = "Use when a pull request needs a review.";
          source = ../../deployments/demo-host/skills/review;
        };
        agents = many agent;
      };
    };
  };

  system = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    system = null;
    modules = [
      kinds.${kind}
      {
        nixpkgs.hostPlatform = "x86_64-linux";
        nixpkgs.config.allowUnfree = true;
        boot.isContainer = true;
        system.stateVersion = "26.11";
      }
    ];
  };
in
system.config.system.build.toplevel.drvPath
