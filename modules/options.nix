{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  inherit (config.services.forge) instances;
  inherit (lib)
    literalExpression
    mkEnableOption
    mkOption
    mkPackageOption
    types
    ;

  agent = import ./generated/agent.nix { inherit lib; };
  # Declared here and not by the harness's module, as each further module costs every agent's evaluation.
  optionsOf =
    name: harness:
    mkOption {
      type = types.nullOr (types.submodule { options = harness.recipe.agentOptions; });
      default = null;
      description = "Options of ${name}, for agents that run in it.";
    };
  libraries = import ./generated/libraries.nix { inherit lib; };
in
{
  _class = "nixos";

  options.services.forge = libraries // {
    enable = mkEnableOption "the agent fleet";

    package = mkPackageOption { forge = pkgs.callPackage ../nix/package.nix { }; } "forge" {
      pkgsText = "inputs.forge.packages.\${pkgs.stdenv.hostPlatform.system}";
      extraDescription = "It provides the command {command}`forge`. A change of this package restarts no agent.";
    };

    configureTmux = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether to extend {file}`/etc/tmux.conf`, so that {command}`tmux -L forge` shows the agents to whoever starts it.
        Every other tmux server ignores the added line.

        This option is usually not needed: at login, the user service {command}`forge-sessions` starts
        {command}`tmux -L forge` for observers and operators. Shells without a user manager, such as those of
        {command}`su` and {command}`sudo -i`, have no such server; use {command}`forge attach` there, or set this
        option. It requires {option}`programs.tmux.enable`.
      '';
    };

    defaultPackages = mkOption {
      type = types.listOf types.package;
      default = [
        pkgs.bash
        pkgs.coreutils
        pkgs.curl
        pkgs.diffutils
        pkgs.fd
        pkgs.findutils
        pkgs.gawk
        pkgs.gitMinimal
        pkgs.gnugrep
        pkgs.gnupatch
        pkgs.gnused
        pkgs.gnutar
        pkgs.gzip
        pkgs.jq
        pkgs.procps
        pkgs.ripgrep
        pkgs.which
      ];
      defaultText = literalExpression "the usual Unix tools, curl, fd, git, jq and ripgrep";
      description = "Packages on the {env}`PATH` of every agent. The {env}`PATH` has these packages and the agent's {option}`extraPackages`, and nothing else.";
    };

    agents = mkOption {
      type = types.attrsOf (
        types.submodule {
          options =
            agent
            // lib.mapAttrs optionsOf config.services.forge.harnesses
            // {
              extraPackages = mkOption {
                type = types.listOf types.package;
                default = [ ];
                example = literalExpression "[ pkgs.nodejs_24 ]";
                description = "Packages on the {env}`PATH` of this agent, before those of {option}`services.forge.defaultPackages`.";
              };
              useHome = mkOption {
                type = types.bool;
                default = false;
                description = ''
                  Whether the agent's state is in {file}`~/.local/state/forge/agents/<name>` of the user in {option}`runAs`. The
                  agent then also uses the login to the harness that this user has stored, such as {file}`~/.claude`. It sees
                  nothing else of the home directory but its workspace. If false, the state is in
                  {file}`/var/lib/forge/<name>`.
                '';
              };
              nix = mkOption {
                type = types.bool;
                default = false;
                description = ''
                  Whether the agent may use the Nix daemon of this host. The daemon then downloads and builds whatever the
                  agent asks for, with its own network access.
                '';
              };
              writablePaths = mkOption {
                type = types.listOf types.externalPath;
                default = [ ];
                example = [ "/srv/checkouts/website.git" ];
                description = ''
                  Further paths that the agent may write to, as far as the permissions of its user allow. A workspace that is a
                  linked worktree needs the repository that it belongs to.
                '';
              };
              logTerminal = mkOption {
                type = types.bool;
                default = false;
                description = "Whether the output of the agent's terminal is also written to the journal, as {command}`journalctl -t forge-terminal-<name>`.";
              };
              serviceConfig = mkOption {
                type = types.attrsOf utils.systemdUtils.unitOptions.unitOption;
                default = { };
                example = {
                  IPAddressDeny = "any";
                  IOWeight = 50;
                };
                description = ''
                  Further settings of {command}`forge-agent-<name>.service`, as {manpage}`systemd.exec(5)`,
                  {manpage}`systemd.resource-control(5)` and {manpage}`systemd.service(5)` describe them. A value replaces
                  the one that forge sets. A list is appended to the list that forge sets. Settings that forge depends
                  on, such as `ExecStart`, are refused.
                '';
              };
            };
        }
      );
      default = { };
      # Not options of their own, which nobody may set and which each agent's evaluation would pay for.
      apply = lib.mapAttrs (
        name: agent:
        agent
        // {
          plan = instances.${name}.plan or null;
          finalPackage = instances.${name}.folder or null;
        }
      );
      example = literalExpression ''
        {
          reviewer = {
            harness = "claude-code";
            model = "sonnet";
            role = "You review pull requests. Be brief and name the line.";
            secrets.ANTHROPIC_API_KEY.file = "/run/secrets/anthropic-key";
          };
        }
      '';
      description = ''
        AI coding agents of this host, by name. The name becomes part of a unit and a Linux user.

        Each agent also has two values to read. `plan` is its plan: command line, environment variables, files, and the
        names of its secrets. `finalPackage` is the package with the program {file}`bin/forge-agent-<name>`, which starts
        it. Both are null if the agent is disabled.
      '';
    };
  };
}
