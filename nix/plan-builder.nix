# The program that checks a plan and writes its plan folder. Every plan folder's hash depends on it, so it is made
# from the files of plan-builder.json alone: a change elsewhere, in the forge command for instance, restarts no agent.
{ lib, callPackage }:
let
  inherit (lib) fileset;

  sources = lib.importJSON ./plan-builder.json;
in
callPackage ./node-program.nix { } {
  pname = "forge-plan-build";
  version = "1"; # of the plan format

  src = fileset.toSource {
    root = ../.;
    fileset = fileset.unions (map (path: ../. + "/${path}") sources.files);
  };

  wanted = path: _: lib.elem path (map (name: "node_modules/${name}") sources.packages);

  build = "node node_modules/esbuild/bin/esbuild ${sources.entry} --bundle --platform=node --target=node24 --format=esm --outfile=dist/main.mjs";
  main = "main.mjs";
}
