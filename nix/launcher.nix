# The launcher with the programs it calls by absolute path; `forge plan build` copies it into plan folders.
{
  lib,
  replaceVarsWith,
  runtimeShell,
  coreutils,
  jq,
  util-linux,
}:
replaceVarsWith {
  name = "forge-launcher";
  src = ../runtime/launcher/launch;
  isExecutable = true;
  replacements = {
    bash = runtimeShell;
    coreutils = "${coreutils}/bin";
    flock = lib.getExe' util-linux "flock";
    jq = lib.getExe jq;
  };
}
