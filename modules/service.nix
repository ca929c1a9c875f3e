# forge-agent-<name>.service has two parts. What all agents of a harness share is written once, as packages ship
# units, and gets each agent's name; what is an agent's own is an ordinary `systemd.services` entry, which becomes
# its drop-in. So `systemd.services.forge-agent-<name>` overrides either, and what is shared costs an
# evaluation nothing per agent.
{
  config,
  lib,
  pkgs,
  utils,
  ...
}:
let
  inherit (lib)
    mapAttrs
    mapAttrs'
    mapAttrsToList
    nameValuePair
    ;
  inherit (utils.systemdUtils.lib) settingsToSections;

  cfg = config.services.forge;
  inherit (import ./generated/runtime.nix) restart;
  tty = pkgs.callPackage ../nix/terminal.nix { };
  onTty = lib.getExe tty.onTty;
  quit = lib.getExe tty.quit;
  lifecycle = lib.getExe tty.lifecycle;

  # systemd splits at spaces and reads % as the start of a specifier.
  literal = lib.replaceStrings [ "%" ] [ "%%" ];
  quoted = path: "\"${lib.escape [ "\\" "\"" ] (literal path)}\"";

  # What the scripts beside an agent know of its harness.
  signs =
    harness: terminal:
    let
      sign = given: lib.concatStrings (mapAttrsToList (at: regex: "${at}:${regex}") given);
    in
    mapAttrsToList (name: value: quoted "FORGE_${name}=${value}") {
      HARNESS = harness;
      READY = sign terminal.ready;
      BUSY = sign terminal.busy;
      LOGIN = if terminal.login == null then "" else sign terminal.login;
      CLEAR = toString terminal.clear;
      QUIT = terminal.quit;
      QUIT_WAIT = "10";
      SUBMIT_DELAY = "${toString (terminal.submitDelay / 1000.0)}";
    };

  # {agent}, {plan}, {version} and {log} are filled in below.
  shared =
    harness:
    { recipe, ... }:
    settingsToSections {
      Unit = {
        After = "network.target forge-terminals.socket";
        Wants = "forge-terminals.socket";
        OnFailure = "forge-gave-up@{agent}.service";
        StartLimitBurst = restart.burst;
        StartLimitIntervalSec = restart.interval;
      };
      Service = import ./hardening/agent.nix recipe.hardening // {
        Type = "exec";
        Slice = "forge-agents.slice";

        # The harness is the main process, on the terminal that its holder keeps open.
        OpenFile = "/run/forge/tty/{agent}/tty";
        StandardInput = "null";
        StandardOutput = "journal";
        StandardError = "journal";
        Environment = signs harness recipe.terminal ++ [
          "TERM=tmux-256color COLORTERM=truecolor LANG=C.UTF-8"
          "FORGE_AGENT={agent} FORGE_PLAN={plan} FORGE_HARNESS_VERSION={version} FORGE_LOG_TERMINAL={log}"
        ];

        # What the harness says of itself; a reader may come after it ended.
        RuntimeDirectory = "forge/agents/{agent}";
        RuntimeDirectoryMode = "0755";
        RuntimeDirectoryPreserve = "restart";
        StateDirectoryMode = "0700";
        # An agent that runs as an operator must not have an operator's ways: to other agents, and to systemd.
        InaccessiblePaths = "-/run/dbus -/run/forge/doors";

        # As root: an agent may neither type at its own holder nor speak for forge in the journal. Without a
        # terminal there is no start, and an end for want of it is a failure.
        ExecStartPre = "+${lib.getExe tty.arm}";
        ExecStop = "-+${quit} {agent}";
        ExecStopPost = "+${lifecycle} exited";

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
        TimeoutStopSec = 20;
        OOMPolicy = "kill";
      };
    };

  # Copies, not links: systemd takes a link to a file of another name for an alias.
  units =
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
          ) cfg.instances
        );
        passAsFile = [ "agents" ];
      }
      ''
        ${lib.concatLines (
          mapAttrsToList (
            harness: entry: "printf '%s' ${lib.escapeShellArg (shared harness entry)} > ${harness}.service"
          ) cfg.harnesses
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

  underHome = path: builtins.match "/(home|root|run/user)(/.*)?" path != null;

  # Beside what systemd makes for it, an agent writes to its workspace and, as a person's, to a home and a login of theirs.
  writable =
    paths:
    let
      split = lib.partition underHome paths;
    in
    lib.optionalAttrs (split.right != [ ]) {
      ProtectHome = "tmpfs";
      BindPaths = map quoted split.right;
    }
    // lib.optionalAttrs (split.wrong != [ ]) { ReadWritePaths = map quoted split.wrong; };

  service =
    name:
    {
      agent,
      folder,
      home,
      login,
      ofPerson,
      user,
      ...
    }:
    {
      description = "forge agent ${name}";
      wantedBy = [ "multi-user.target" ];
      enableDefaultPath = false;
      serviceConfig = {
        ExecStart = "${onTty} ${folder}/bin/forge-agent-${name}";
        User = user;
        LoadCredential = mapAttrsToList (
          variable: secret: "${variable}:${literal secret.file}"
        ) agent.secrets;
        CPUWeight = agent.resources.cpuWeight;
        MemoryMax = if agent.resources.memoryMax == null then "infinity" else agent.resources.memoryMax;
        TasksMax = agent.resources.tasksMax;
      }
      // (
        if ofPerson then
          writable (
            [
              home
              login
            ]
            ++ lib.optional (agent.workspace != null) agent.workspace
          )
        else
          {
            StateDirectory = "forge/${name}";
          }
          // lib.optionalAttrs (agent.workspace != null) (writable [ agent.workspace ])
      );
    }
    // lib.optionalAttrs ofPerson {
      requires = [ "forge-home-${name}.service" ];
      after = [ "forge-home-${name}.service" ];
    };

  # Made by the person, so that nothing is written through a link of theirs with the rights of root.
  homeOf =
    name:
    {
      home,
      login,
      user,
      ...
    }:
    {
      description = "home of forge agent ${name}";
      startLimitIntervalSec = 0;
      unitConfig.RequiresMountsFor = quoted home;
      serviceConfig = {
        Type = "oneshot";
        User = user;
        ExecStart = "${lib.getExe' pkgs.coreutils "mkdir"} -p -m 700 ${quoted home} ${quoted login}";
      };
    };
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.packages = [ units ];

    systemd.services =
      mapAttrs' (
        name: instance: nameValuePair "forge-agent-${name}" (service name instance)
      ) cfg.instances
      // mapAttrs' (name: instance: nameValuePair "forge-home-${name}" (homeOf name instance)) (
        lib.filterAttrs (_: instance: instance.ofPerson) cfg.instances
      );

    systemd.slices.forge-agents.description = "forge agents";

    environment.systemPackages = [
      cfg.package
      units # each agent as a program, too
    ];
  };
}
