{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib)
    literalExpression
    mkEnableOption
    mkOption
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

    package = mkOption {
      type = types.package;
      default = pkgs.callPackage ../nix/package.nix { };
      defaultText = literalExpression "forge, built from the source of these modules";
      description = "The forge command that people of this host use. Agents do not depend on it.";
    };

    tools = mkOption {
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
      description = "Programs that every agent finds on its {env}`PATH`. Nothing else is on it.";
    };

    agents = mkOption {
      type = types.attrsOf (
        types.submodule {
          options =
            agent
            // lib.mapAttrs optionsOf config.services.forge.harnesses
            // {
              tools = mkOption {
                type = types.listOf types.package;
                default = [ ];
                example = literalExpression "[ pkgs.nodejs_24 ]";
                description = "Programs on this agent's {env}`PATH`, before those of {option}`services.forge.tools`.";
              };
              logTerminal = mkOption {
                type = types.bool;
                default = false;
                description = "Whether all that the agent's terminal shows goes into the journal too, as {command}`journalctl -t forge-terminal-<name>`.";
              };
            };
        }
      );
      default = { };
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
      description = "AI coding agents of this host, by name. The name becomes part of a unit and a Linux user.";
    };
  };
}
