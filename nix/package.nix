# The forge command: this source, bundled, and a wrapper that runs it with its own Node.
{
  lib,
  stdenvNoCC,
  callPackage,
  nodejs-slim_24,
  runtimeShell,
}:
let
  inherit (lib) fileset;

  # Only what the bundle is made of: a change elsewhere must not rebuild every agent's plan.
  program = fileset.fileFilter (
    file: (file.hasExt "ts" && !lib.hasSuffix ".test.ts" file.name) || file.hasExt "js"
  );
  sources = map program [
    ../cli
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
  ];

  # Beside what the bundle contains: its maker, with the binary for this machine.
  makers = [
    "node_modules/esbuild"
    "node_modules/@esbuild/linux-${stdenvNoCC.hostPlatform.node.arch}"
  ];

  unpackModules = callPackage ./npm.nix { } {
    lockFile = ../package-lock.json;
    wanted = path: module: !(module.dev or false || module.optional or false) || lib.elem path makers;
  };
in
stdenvNoCC.mkDerivation {
  pname = "forge";
  inherit (lib.importJSON ../package.json) version;

  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions (sources ++ files);
  };

  nativeBuildInputs = [ nodejs-slim_24 ];

  postPatch = unpackModules;

  buildPhase = ''
    runHook preBuild
    node scripts/bundle.ts
    runHook postBuild
  '';

  installPhase = ''
    runHook preInstall
    mkdir --parents $out/bin $out/lib
    cp --recursive dist $out/lib/forge
    printf '#!%s\nexec %s %s "$@"\n' ${runtimeShell} ${lib.getExe nodejs-slim_24} $out/lib/forge/forge.mjs > $out/bin/forge
    chmod +x $out/bin/forge
    runHook postInstall
  '';

  doInstallCheck = true;
  installCheckPhase = "$out/bin/forge --version";

  meta = {
    description = "Turns declarations of AI coding agents into supervised services";
    mainProgram = "forge";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
