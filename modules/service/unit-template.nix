# The part of the units that all agents of a harness share, and the package that holds one for each agent.
{
  lib,
  pkgs,
  text,
  utils,
}:
let
  inherit (lib) mapAttrsToList;
  inherit (utils.systemdUtils.lib) settingsToSections;
  inherit (import ../generated/runtime.nix) paths restart stop;
  inherit (text) quoted;

  tty = pkgs.callPackage ../../nix/terminal.nix { };

  # systemd gives even a command with + the unit's TemporaryFileSystem=, which hides the host's /run.
  onHost = "+${lib.getExe' pkgs.util-linux "nsenter"} --mount=/proc/1/ns/mnt --";

  # What the scripts beside an agent know of its harness.
  scriptEnvironment =
    harness: terminal:
    let
      sign =
        given:
        if given == null then
          ""
        else
          lib.concatStrings (mapAttrsToList (at: regex: "${at}:${regex}") given);
    in
    mapAttrsToList (name: value: quoted "FORGE_${name}=${value}") {
      HARNESS = harness;
      READY = sign terminal.ready;
      BUSY = sign terminal.busy;
      LOGIN = sign terminal.login;
      DIALOG = sign terminal.dialog;
      CLEAR = toString terminal.clear;
      QUIT = terminal.quit;
      QUIT_WAIT = toString stop.quit;
      SUBMIT_DELAY = "${toString (terminal.submitDelay / 1000.0)}";
    };

  # {agent}, {plan}, {version} and {log} are filled in below.
  templateOf =
    harness:
    { recipe, ... }:
    settingsToSections {
      Unit = {
        After = "network.target forge-terminals.socket forge-journal.socket";
        Wants = "forge-terminals.socket forge-journal.socket";
        OnFailure = "forge-gave-up@{agent}.service";
        StartLimitBurst = restart.burst;
        StartLimitIntervalSec = restart.interval;
      };
      Service = import ../hardening/agent.nix // import ../hardening/filesystems.nix { inherit paths; } // {
        Type = "exec";
        Slice = "forge-agents.slice";

        # The harness is the main process, on the terminal that its holder keeps open.
        OpenFile = "/run/forge/given/{agent}";
        StandardInput = "null";
        StandardOutput = "journal";
        StandardError = "journal";
        Environment = scriptEnvironment harness recipe.terminal ++ [
          "TERM=tmux-256color COLORTERM=truecolor LANG=C.UTF-8"
          "FORGE_AGENT={agent} FORGE_PLAN={plan} FORGE_HARNESS_VERSION={version} FORGE_LOG_TERMINAL={log}"
        ];

        # What the harness says of itself; a reader may come after it ended.
        RuntimeDirectory = "forge/agents/{agent}";
        RuntimeDirectoryMode = "0755";
        RuntimeDirectoryPreserve = "restart";
        StateDirectoryMode = "0700";
        # As root: an agent may neither type at its own holder nor speak for forge in the journal. None of them speaks to
        # the terminal's server, which could make its client write files. Without a terminal there is no start, and an
        # end for want of it is a failure.
        ExecStartPre = "${onHost} ${lib.getExe tty.arm}";
        ExecStop = "-${onHost} ${lib.getExe tty.ask} quit";
        ExecStopPost = [
          "${onHost} ${lib.getExe tty.lifecycle} exited"
          # What forge-arm mounted.
          "-${onHost} ${lib.getExe' pkgs.util-linux "umount"} --lazy ${paths.agents}/{agent} ${paths.pts}/{agent}"
        ];

        Restart = "on-failure";
        RestartSec = restart.delay;
        # Not by way of `failed`, which would end the restart's delay by starting what the agent requires.
        RestartMode = "direct";
        # systemd counts a hangup, the end of the terminal, as a clean end.
        RestartForceExitStatus = "SIGHUP";
        # What a program says that ended because of such a signal; systemd takes the signal itself for a clean end.
        SuccessExitStatus = restart.cleanStatuses;
        # What the launcher says of a start that no restart can mend.
        RestartPreventExitStatus = restart.refusals;
        KillMode = "mixed";
        TimeoutStopSec = stop.term;
        OOMPolicy = "kill";
      };
    };
in
{
  /**
    A package with a unit file and a program `forge-agent-<name>` for each agent.

    The files are copies, not links: systemd takes a link to a file of another name for an alias.
  */
  units =
    harnesses: instances:
    pkgs.runCommandLocal "forge-agent-units"
      {
        agents = lib.concatLines (
          mapAttrsToList (
            name:
            {
              agent,
              folder,
              place,
              ...
            }:
            "${name} ${agent.harness} ${folder} ${
              if agent.logTerminal then "yes" else "no"
            } ${place.package.version}"
          ) instances
        );
        passAsFile = [ "agents" ];
      }
      ''
        ${lib.concatLines (
          mapAttrsToList (
            harness: entry: "printf '%s' ${lib.escapeShellArg (templateOf harness entry)} > ${harness}.service"
          ) harnesses
        )}
        units=$out/lib/systemd/system
        mkdir -p $units $out/bin
        while read -r agent harness plan log version; do
          text=$(<$harness.service)
          text=''${text//'{agent}'/"$agent"} text=''${text//'{plan}'/"$plan"}
          text=''${text//'{version}'/"$version"} text=''${text//'{log}'/"$log"}
          printf '%s\n' "$text" > $units/forge-agent-$agent.service
          ln -s ${lib.getExe tty.agent} $out/bin/forge-agent-$agent
        done < $agentsPath
      '';
}
