# Our scripts with the programs they call by absolute path. runtime/scripts.json says what each is made of.
{
  lib,
  replaceVarsWith,
  runtimeShell,
  writeText,
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

  scripts = lib.importJSON ../runtime/scripts.json;
  read = path: lib.readFile (../. + "/${path}");

  script =
    name:
    let
      inherit (scripts.${name}) parts texts tools;
    in
    replaceVarsWith {
      inherit name;
      src = writeText "${name}.in" (lib.concatMapStringsSep "\n" read parts);
      isExecutable = true;
      replacements = lib.getAttrs tools programs // lib.mapAttrs (_: read) texts;
    };
in
{
  /**
    Starts an agent; `forge plan build` writes its path into plan folders.
  */
  launcher = script "launch";

  /**
    Harnesses tell their state by it.
  */
  signal = script "forge-signal";
}
