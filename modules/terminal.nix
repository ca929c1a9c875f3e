# forge-terminals makes an agent's terminal, anew for each start. A process for each agent then holds it open, so that
# it outlives the agent, every observer, and forge-terminals. forge-gave-up@<agent> says when systemd starts an agent
# no more. forge-journal writes the lines about agents' lives.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  tty = pkgs.callPackage ../nix/terminal.nix { };
  sandbox = import ./hardening/terminal.nix;
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.sockets.forge-terminals = {
      description = "terminals of forge agents";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenSequentialPacket = "/run/forge/doors/terminals.sock";
        SocketMode = "0600";
      };
    };

    systemd.services.forge-terminals = {
      description = "terminals of forge agents";
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      stopIfChanged = false;
      reloadTriggers = [ config.environment.etc."forge/agents".source ];
      environment = {
        LANG = "C.UTF-8";
        TERM = "tmux-256color";
      };
      serviceConfig = sandbox // {
        Type = "exec";
        ExecStart = lib.concatStringsSep " " [
          (lib.getExe tty.terminals)
          (lib.getExe pkgs.tmux)
          tty.conf
          (lib.getExe tty.hold)
          (lib.getExe tty.log)
          (lib.getExe tty.ready)
          (lib.getExe tty.quit)
          tty.pkill
        ];
        ExecReload = lib.getExe tty.forget;
        Restart = "always";
        RestartSec = "100ms";
        # The terminals stay when it ends or is restarted.
        KillMode = "process";
        OOMPolicy = "continue";
        OOMScoreAdjust = -500;
        RuntimeDirectory = "forge/tty forge/seen";
        RuntimeDirectoryPreserve = true;
        UMask = "0022";
        # For each process, so that what an agent prints harms its own terminal only.
        LimitDATA = "128M";
        TasksMax = "infinity";
        # It makes terminals, so it needs the real /dev.
        PrivateDevices = false;
        DeviceAllow = [
          "char-pts rw"
          "/dev/ptmx rw"
        ];
      };
    };

    systemd.sockets.forge-journal = {
      description = "journal of forge agents' lives";
      wantedBy = [ "sockets.target" ];
      socketConfig = {
        ListenDatagram = "/run/forge/doors/journal.sock";
        SocketMode = "0660";
        SocketGroup = "forge-tty";
        PassCredentials = true;
      };
    };

    # A unit of its own, as what agents print counts against the limits of theirs, and of forge-terminals.
    systemd.services.forge-journal = {
      description = "journal of forge agents' lives";
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      serviceConfig =
        removeAttrs sandbox [
          "User"
          "Group"
        ]
        // {
          Type = "exec";
          ExecStart = lib.getExe tty.journal;
          DynamicUser = true;
          Restart = "always";
          RestartSec = "100ms";
          LogRateLimitIntervalSec = 0;
          OOMScoreAdjust = -500;
          MemoryMax = "16M";
          TasksMax = 4;
        };
    };

    systemd.services."forge-gave-up@" = {
      description = "end of forge agent %i";
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      environment = {
        FORGE_AGENT = "%i";
        LANG = "C.UTF-8";
      };
      serviceConfig = sandbox // {
        Type = "oneshot";
        ExecStart = "${lib.getExe tty.lifecycle} gave-up";
      };
    };

    users.users.forge-tty = {
      isSystemUser = true;
      group = "forge-tty";
      description = "terminals of forge agents";
    };
    users.groups.forge-tty = { };
  };
}
