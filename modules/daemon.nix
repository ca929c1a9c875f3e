# forged, one process for the host: it keeps prompts and delivers them, and answers for all agents over its sockets. Agents
# run on without it. What must touch a terminal's server is done for it by forge-typed, as forge-tty.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  tty = pkgs.callPackage ../nix/terminal.nix { };

  # In a directory of their own, which agents do not see: one may run as an operator.
  socket = file: group: {
    description = "API of forge agents, for ${group}";
    wantedBy = [ "sockets.target" ];
    socketConfig = {
      ListenStream = "/run/forge/doors/${file}";
      Symlinks = "/run/forge/${file}";
      RemoveOnStop = true;
      FileDescriptorName = group;
      Service = "forged.service";
      SocketMode = "0660";
      SocketGroup = group;
    };
  };
in
{
  _class = "nixos";

  options.services.forge.daemon.enable = lib.mkOption {
    type = lib.types.bool;
    default = true;
    description = ''
      Whether to run {command}`forged`, which keeps the prompts that are sent to agents and delivers them. Agents run
      without it too: it may be stopped and restarted at any time, and no prompt is lost.
    '';
  };

  config = lib.mkIf (cfg.enable && cfg.daemon.enable) {
    systemd.sockets = {
      forged = socket "api.sock" "forge-operators";
      forged-read = socket "api-read.sock" "forge-observers";
      forge-typed = {
        description = "typing at the terminals of forge agents";
        wantedBy = [ "sockets.target" ];
        socketConfig = {
          ListenStream = "/run/forge/doors/typing.sock";
          SocketMode = "0600";
          SocketUser = "forged";
        };
      };
    };

    systemd.services.forged = {
      description = "daemon of forge agents";
      wantedBy = [ "multi-user.target" ];
      wants = [ "forge-typed.socket" ];
      after = [
        "forge-typed.socket"
        "dbus.socket"
      ];
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      path = [ config.systemd.package ];
      restartTriggers = [ config.environment.etc."forge/manifest.json".source ];
      serviceConfig =
        import ./hardening/agent.nix
        // import ./hardening/daemon.nix
        // {
          Type = "exec";
          ExecStart = "${lib.getExe cfg.package} daemon";
          Sockets = [
            "forged.socket"
            "forged-read.socket"
          ];
          Restart = "always";
          RestartSec = "500ms";
          # For the spool.
          SupplementaryGroups = "forge-operators";
          ReadWritePaths = "/var/spool/forge";
          StateDirectory = "forged";
          StateDirectoryMode = "0700";
          OOMScoreAdjust = -500;
          MemoryMax = "1G";
        };
    };

    systemd.services.forge-typed = {
      description = "typing at the terminals of forge agents";
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      stopIfChanged = false;
      environment = {
        LANG = "C.UTF-8";
        TERM = "tmux-256color";
      };
      serviceConfig = import ./hardening/terminal.nix // {
        Type = "exec";
        ExecStart = "${lib.getExe tty.typed} ${lib.getExe pkgs.tmux}";
        Restart = "always";
        RestartSec = "100ms";
        OOMScoreAdjust = -500;
        MemoryMax = "512M";
        TasksMax = 512;
      };
    };

    systemd.tmpfiles.rules = [ "d /var/spool/forge 2770 forged forge-operators" ];

    users.users.forged = {
      isSystemUser = true;
      group = "forged";
      description = "daemon of forge agents";
    };
    users.groups.forged = { };
  };
}
