# Looks once a minute how much is left where agents write.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.forge;
  runtime = import ./generated/runtime.nix;
  tty = pkgs.callPackage ../nix/terminal.nix { };
in
{
  _class = "nixos";

  options.services.forge.diskLow = lib.mkOption {
    type = lib.types.ints.between 0 100;
    default = runtime.diskLow;
    example = 10;
    description = ''
      Percentage of a file system's space, or of the files that it can have, that must be left where agents have their
      state or workspace. If less is left, {command}`forge ps` shows a warning, and the journal has a line with
      `FORGE_EVENT=disk-low`. 0 means no warning.
    '';
  };

  config = lib.mkIf cfg.enable {
    systemd.timers.forge-disk = {
      description = "look at the disks of forge agents";
      wantedBy = [ "timers.target" ];
      timerConfig = {
        OnActiveSec = "5s";
        OnUnitInactiveSec = "1min";
        AccuracySec = "5s";
      };
    };

    systemd.services.forge-disk = {
      description = "look at the disks of forge agents";
      wants = [ "forge-journal.socket" ];
      after = [ "forge-journal.socket" ];
      startLimitIntervalSec = 0;
      enableDefaultPath = false;
      serviceConfig =
        removeAttrs (import ./hardening/terminal.nix) [
          "User"
          "Group"
        ]
        // {
          Type = "oneshot";
          ExecStart = "${lib.getExe tty.disk} ${toString cfg.diskLow}";
          # Or systemd says every minute that it starts and has ended.
          LogLevelMax = "notice";
          # File systems of a network may never answer.
          TimeoutStartSec = 30;
          RuntimeDirectory = "forge/disk";
          RuntimeDirectoryPreserve = true;
          UMask = "0022";
          # Root, who may look below people's homes, and nothing else.
          CapabilityBoundingSet = "CAP_DAC_READ_SEARCH";
          PrivateTmp = false;
          PrivateUsers = false;
          ProtectHome = "read-only";
        };
    };
  };
}
