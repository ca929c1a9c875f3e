{ self, nixpkgs, ... }@inputs:
pkgs:
let
  inherit (nixpkgs) lib;

  nixFiles = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.fileFilter (file: file.hasExt "nix") ../.;
  };
in
{
  format = pkgs.runCommandLocal "forge-format" { nativeBuildInputs = [ pkgs.nixfmt ]; } ''
    find ${nixFiles} -name '*.nix' -exec nixfmt --check {} +
    touch $out
  '';

  options = pkgs.writeText "forge-options.json" (
    builtins.toJSON (import ./options.nix { inherit lib pkgs; })
  );

  package = self.packages.${pkgs.stdenv.hostPlatform.system}.forge;
}
// (import ./deploy.nix inputs { inherit self; }).checks pkgs
