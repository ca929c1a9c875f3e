# How the hosts of a flake are reached and switched: deploy-rs, which goes back to the former system when the new
# one does not answer.
{ nixpkgs, deploy-rs, ... }:
{
  self,
  nodes ? { },
}:
let
  inherit (nixpkgs) lib;

  hosts = lib.attrNames self.nixosConfigurations;
  unknown = lib.subtractLists hosts (lib.attrNames nodes);
  misnamed =
    "hostOutputs: `nodes.${lib.head unknown}` is no host: `nixosConfigurations` has "
    + "${lib.concatStringsSep ", " hosts}. Rename it to the host that it is about.";

  # deploy-rs's functions with the binary of nixpkgs, which is in its cache.
  toolsFor =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      overlaid = pkgs.extend deploy-rs.overlays.default;
      cached = _: former: {
        deploy-rs = former.deploy-rs // {
          inherit (pkgs) deploy-rs;
        };
      };
    in
    (overlaid.extend cached).deploy-rs;

  systemOf = host: host.pkgs.stdenv.hostPlatform.system;

  node =
    name: host:
    lib.recursiveUpdate {
      hostname = host.config.networking.fqdnOrHostName;
      sshUser = "root";
      magicRollback = true;
      autoRollback = true;
      profiles.system = {
        user = "root";
        path = (toolsFor (systemOf host)).lib.activate.nixos host;
      };
    } (nodes.${name} or { });
in
{
  nodes = lib.throwIf (unknown != [ ]) misnamed (lib.mapAttrs node self.nixosConfigurations);

  /**
    `nix run .#deploy.<host>`, for whatever machine it is started from.
  */
  scripts =
    pkgs:
    lib.mapAttrs (
      host: _:
      # Without deploy-rs's own check of the whole flake: it would build every other host too.
      pkgs.writeShellScriptBin "deploy-${host}" ''
        exec ${lib.getExe pkgs.deploy-rs} --skip-checks ${self}#${host} "$@"
      ''
    ) self.nixosConfigurations;

  checks =
    pkgs:
    let
      inherit (pkgs.stdenv.hostPlatform) system;
      here = lib.filterAttrs (host: _: systemOf self.nixosConfigurations.${host} == system);
    in
    (toolsFor system).lib.deployChecks { nodes = here self.deploy.nodes; };
}
