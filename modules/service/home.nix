# The service that makes the directories of an agent with `useHome`.
{
  lib,
  pkgs,
  text,
}:
let
  inherit (text) quoted;
in
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
    # As the user whose home it is, so that root writes nothing through a link of theirs.
    User = user;
    ExecStart = "${lib.getExe' pkgs.coreutils "mkdir"} -p -m 700 ${quoted home} ${quoted login}";
  };
}
