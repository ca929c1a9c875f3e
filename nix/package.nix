# The forge command.
{ lib, callPackage }:
let
  inherit (lib) fileset;

  program = fileset.fileFilter (
    file: (file.hasExt "ts" && !lib.hasSuffix ".test.ts" file.name) || file.hasExt "js"
  );
  sources = map program [
    ../cli
    ../daemon
    ../generator
    ../harnesses
    ../plan
    ../runtime
    ../schema
  ];
  files = [
    ../package.json
    (fileset.fileFilter (file: file.hasExt "bash" || file.hasExt "jq") ../runtime/launcher)
    ../runtime/scripts.json
    ../runtime/signal/forge-signal
    ../scripts/bundle.ts
    ../scripts/program.ts
  ];
in
callPackage ./node-program.nix { } {
  pname = "forge";
  inherit (lib.importJSON ../package.json) version;

  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions (sources ++ files);
  };

  wanted = _: module: !(module.dev or false || module.optional or false);

  build = "node scripts/bundle.ts";
  main = "forge.mjs";

  doInstallCheck = true;
  installCheckPhase = "$out/bin/forge --version";

  meta.description = "Turns declarations of AI coding agents into supervised services";
}
