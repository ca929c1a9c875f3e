# forge-tty@<agent> holds the agent's terminal, so that it outlives the agent and every observer;
# forge-arm@<agent> makes it anew before each start of the agent; forge-ready@<agent> says when a prompt would be
# taken, and forge-gave-up@<agent> when systemd starts the agent no more.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  tty = pkgs.callPackage ../nix/tty { };
  tmux = lib.getExe pkgs.tmux;

  sandbox = import ./sandbox.nix;
  beside = {
    startLimitIntervalSec = 0;
    enableDefaultPath = false;
    environment.LANG = "C.UTF-8";
  };
in
{
  _class = "nixos";

  config = lib.mkIf cfg.enable {
    systemd.services."forge-tty@" = {
      description = "terminal of forge agent %i";
      startLimitIntervalSec = 60;
      startLimitBurst = 20;
      enableDefaultPath = false;
      environment = {
        LANG = "C.UTF-8";
        TERM = "tmux-256color";
      };
      serviceConfig = sandbox // {
        Type = "exec";
        ExecStart = "${tmux} -S /run/forge/tty/%i/sock -f ${tty.conf} -D";
        ExecStartPost = "${lib.getExe tty.arm} %i --first";
        ExecStop = "${tmux} -S /run/forge/tty/%i/sock kill-server";
        Restart = "always";
        RestartSec = 1;
        TimeoutStopSec = 5;
        RuntimeDirectory = "forge/tty/%i";
        RuntimeDirectoryMode = "0755";
        UMask = "0007";
        OOMScoreAdjust = -500;
        MemoryMax = "64M";
        TasksMax = 32;
        # It makes terminals, so it needs the real /dev.
        PrivateDevices = false;
        DeviceAllow = [
          "char-pts rw"
          "/dev/ptmx rw"
        ];
      };
    };

    systemd.services."forge-arm@" = beside // {
      description = "fresh terminal for forge agent %i";
      requires = [ "forge-tty@%i.service" ];
      after = [ "forge-tty@%i.service" ];
      serviceConfig = sandbox // {
        Type = "oneshot";
        ExecStart = "${lib.getExe tty.arm} %i";
        ReadWritePaths = [ "/run/forge/tty/%i" ];
        # The agent waits meanwhile, where a failure would leave it down for good.
        Restart = "on-failure";
        RestartMode = "direct";
        RestartSec = "200ms";
      };
    };

    systemd.services."forge-ready@" = beside // {
      description = "readiness of forge agent %i";
      # Not bindsTo, which would also start what the agent requires: its terminal anew.
      partOf = [ "forge-agent-%i.service" ];
      after = [ "forge-agent-%i.service" ];
      serviceConfig = sandbox // {
        Type = "exec";
        ExecStart = "${lib.getExe tty.ready} %i";
        RuntimeDirectory = "forge/seen/%i";
        RuntimeDirectoryPreserve = true;
        UMask = "0022";
      };
    };

    systemd.services."forge-gave-up@" = beside // {
      description = "end of forge agent %i";
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
