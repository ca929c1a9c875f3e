# The host under test, with the fleet of fleet.json: a real pi, and others whose harness is tui.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  program =
    name: text:
    pkgs.writeTextFile {
      name = "lab-${name}-1.0";
      inherit text;
      executable = true;
      destination = "/bin/pi";
    };
in
{
  services.forge = {
    harnesses.pi.package = lib.mkForce (program "tui" (builtins.readFile ./tui));
    agents.real.package = program "pi" (builtins.readFile ./pi);
    operators = [ "ada" ];
    observers = [ "bea" ];
  };

  users.users = lib.genAttrs [ "ada" "bea" "eve" ] (name: {
    isNormalUser = true;
    description = name;
  });

  systemd.services.lab-model = {
    description = "stub of a model";
    wantedBy = [ "multi-user.target" ];
    serviceConfig.ExecStart = "/opt/forge/node_modules/.bin/node /opt/forge/runtime/stub-model/main.ts --port 8080";
  };

  environment.etc =
    lib.mapAttrs' (agent: text: lib.nameValuePair "lab/secrets/${agent}" { inherit text; })
      {
        real = "secret-of-real";
        subject = "secret-of-subject";
        calm = "secret-of-calm";
      };

  systemd.tmpfiles.rules = [ "d /srv/quiet 0700 forge-a-quiet forge-a-quiet" ];
}
