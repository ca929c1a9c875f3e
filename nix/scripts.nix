# Our scripts with the programs they call by absolute path.
{
  lib,
  replaceVarsWith,
  runtimeShell,
  coreutils,
  jq,
  sqlite,
  util-linux,
}:
let
  programs = {
    bash = runtimeShell;
    coreutils = "${coreutils}/bin";
    flock = lib.getExe' util-linux "flock";
    jq = lib.getExe jq;
    sqlite3 = lib.getExe' sqlite "sqlite3";
  };
  script =
    src: used:
    replaceVarsWith {
      inherit src;
      name = baseNameOf src;
      isExecutable = true;
      replacements = lib.getAttrs used programs;
    };
in
{
  /**
    Starts an agent; `forge plan build` writes its path into plan folders.
  */
  launcher = script ../runtime/launcher/launch [
    "bash"
    "coreutils"
    "flock"
    "jq"
    "sqlite3"
  ];

  /**
    Harnesses tell their state by it.
  */
  signal = script ../runtime/signal/forge-signal [
    "bash"
    "coreutils"
    "jq"
  ];
}
