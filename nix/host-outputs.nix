# What a flake whose nixosConfigurations run forge gives besides them: ways to deploy its hosts and to try its agents.
inputs:
/**
  Outputs of the flake `self`: `nix run .#deploy.<host>`, `nix run .#agent.<name>` and `nix develop .#agent.<name>`, and
  `deploy.nodes` for deploy-rs.

  `nodes.<host>` has settings of deploy-rs for a host, which replace forge's: `hostname` is the address to deploy to,
  and by default the host's own name.
*/
{
  self,
  nodes ? { },
}:
let
  inherit (inputs.nixpkgs) lib;

  deploy = import ./deploy.nix inputs { inherit self nodes; };
  agent = import ./flake-agents.nix (inputs // { inherit self; });
in
{
  deploy = { inherit (deploy) nodes; };
  legacyPackages = lib.genAttrs [ "aarch64-linux" "x86_64-linux" ] (
    system:
    let
      pkgs = inputs.nixpkgs.legacyPackages.${system};
    in
    {
      agent = agent pkgs;
      deploy = deploy.scripts pkgs;
    }
  );
}
