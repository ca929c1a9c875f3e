# A command that runs a bundle of this source with its own Node.
{
  lib,
  stdenvNoCC,
  callPackage,
  nodejs-slim_24,
  runtimeShell,
}:
/**
  A package whose `bin/<pname>` runs the file `main` that `build` leaves in {file}`dist`.

  # Type

  ```
  { pname :: String, src :: Path, wanted :: String -> AttrSet -> Bool, build :: String, main :: String, … } -> Derivation
  ```

  `wanted` chooses npm packages of the lock; esbuild is always among them. All other attributes go to `mkDerivation`.
*/
{
  pname,
  wanted,
  build,
  main,
  ...
}@args:
let
  makers = [
    "node_modules/esbuild"
    "node_modules/@esbuild/linux-${stdenvNoCC.hostPlatform.node.arch}"
  ];

  unpackModules = callPackage ./npm.nix { } {
    lockFile = ../package-lock.json;
    wanted = path: module: lib.elem path makers || wanted path module;
  };
in
stdenvNoCC.mkDerivation (
  removeAttrs args [
    "build"
    "main"
    "wanted"
  ]
  // {
    nativeBuildInputs = [ nodejs-slim_24 ];

    postPatch = unpackModules;

    buildPhase = ''
      runHook preBuild
      ${build}
      runHook postBuild
    '';

    installPhase = ''
      runHook preInstall
      mkdir --parents $out/bin $out/lib
      cp --recursive dist $out/lib/${pname}
      printf '#!%s\nexec %s %s "$@"\n' ${runtimeShell} ${lib.getExe nodejs-slim_24} $out/lib/${pname}/${main} > $out/bin/${pname}
      chmod +x $out/bin/${pname}
      runHook postInstall
    '';

    meta = {
      mainProgram = pname;
      platforms = [
        "x86_64-linux"
        "aarch64-linux"
      ];
    }
    // args.meta or { };
  }
)
