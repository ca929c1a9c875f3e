# The host under test, with the fleet of fleet.json: a real pi, others whose harness is tui, and one agent for each
# harness of shipped/.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  program =
    {
      file,
      version ? "1.0",
      bin ? "pi",
    }:
    pkgs.writeTextFile {
      name = "lab-${baseNameOf file}-${version}";
      text = builtins.readFile file;
      executable = true;
      destination = "/bin/${bin}";
    };

  # Of the versions that tests/harnesses installs. Where npm has not brought them, they are missing at run time only.
  pins = (lib.importJSON ../harnesses/package.json).dependencies;
  shipped =
    lib.mapAttrs
      (
        harness: npm:
        program {
          file = ./shipped + "/${harness}";
          version = pins.${npm};
          inherit (config.services.forge.harnesses.${harness}.recipe) bin;
        }
      )
      {
        claude-code = "@anthropic-ai/claude-code";
        codex = "@openai/codex";
        gemini = "@google/gemini-cli";
        opencode = "opencode-ai";
      };
  real = shipped // {
    real = program {
      file = ./pi;
      version = (lib.importJSON ../../package.json).devDependencies."@earendil-works/pi-coding-agent";
    };
  };
in
{
  services.forge = {
    harnesses = {
      claude-code.adapter = null; # nobody speaks ACP here
      codex.adapter = null;
      pi.package = lib.mkForce (program {
        file = ./tui;
      });
    };
    agents = lib.mapAttrs (name: package: {
      inherit package;
      writablePaths = [ "/srv/repositories/${name}" ];
    }) real;
    operators = [ "ada" ];
    observers = [ "bea" ];
  };

  users.users = lib.genAttrs [ "ada" "bea" "eve" ] (name: {
    isNormalUser = true;
    description = name;
  });

  systemd.services = {
    lab-model = {
      description = "stub of a model";
      wantedBy = [ "multi-user.target" ];
      serviceConfig.ExecStart = "/opt/forge/node_modules/.bin/node /opt/forge/runtime/stub-model/main.ts --port 8080";
    };
    lab-worktrees = {
      description = "workspaces of real harnesses";
      wantedBy = [ "multi-user.target" ];
      before = map (name: "forge-agent-${name}.service") (lib.attrNames real);
      serviceConfig = {
        Type = "oneshot";
        ExecStart = "/bin/bash /opt/forge/tests/lab/worktrees ${toString (lib.attrNames real)}";
      };
    };
  }
  # They take a gigabyte together; their own cases start them.
  // lib.mapAttrs' (
    name: _: lib.nameValuePair "forge-agent-${name}" { wantedBy = lib.mkForce [ ]; }
  ) shipped;

  environment.etc =
    lib.mapAttrs' (agent: text: lib.nameValuePair "lab/secrets/${agent}" { inherit text; })
      (
        {
          real = "secret-of-real";
          subject = "secret-of-subject";
          "subject.env" = "# further\nSUBJECT_TOKEN='secret-of-subject in a file'\n";
          calm = "secret-of-calm";
        }
        // lib.mapAttrs (harness: _: "secret-of-${harness}") shipped
      );

  systemd.tmpfiles.rules = [ "d /srv/quiet 0700 forge-a-quiet forge-a-quiet" ];
}
