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
    ../docs/forge.1
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

  postInstall = ''
    install -D --mode=644 --target-directory=$out/share/man/man1 docs/forge.1
    completions=$out/share/bash-completion/completions/forge
    mkdir --parents ''${completions%/*} $out/share/zsh/site-functions $out/share/fish/vendor_completions.d
    $out/bin/forge completion bash > $completions
    $out/bin/forge completion zsh > $out/share/zsh/site-functions/_forge
    $out/bin/forge completion fish > $out/share/fish/vendor_completions.d/forge.fish
  '';

  doInstallCheck = true;
  installCheckPhase = "$out/bin/forge --version";

  meta.description = "Turns declarations of AI coding agents into supervised services";
}
