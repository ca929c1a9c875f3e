{
  description = "Declarations of AI coding agents become hermetic, supervised, observable services on NixOS";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixpkgs-unstable";
    sops-nix = {
      url = "github:Mic92/sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    deploy-rs = {
      url = "github:serokell/deploy-rs";
      inputs.nixpkgs.follows = "nixpkgs";
      inputs.flake-compat.follows = "";
    };
  };

  outputs =
    inputs:
    let
      hostOutputs = import ./nix/host-outputs.nix inputs;
      checks = import ./nix/checks.nix inputs;
      perSystem =
        function:
        inputs.nixpkgs.lib.genAttrs [ "aarch64-linux" "x86_64-linux" ] (
          system: function inputs.nixpkgs.legacyPackages.${system}
        );
    in
    hostOutputs { inherit (inputs) self; }
    // {
      lib = { inherit hostOutputs; };
      nixosModules.default = ./modules;
      nixosConfigurations = import ./nix/hosts.nix inputs;

      packages = perSystem (pkgs: rec {
        default = forge;
        forge = pkgs.callPackage ./nix/package.nix { };
      });
      checks = perSystem checks;
      devShells = perSystem (pkgs: {
        default = pkgs.callPackage ./nix/shell.nix { };
      });
      formatter = perSystem (pkgs: pkgs.nixfmt-tree);

      templates.default = {
        path = ./deployments/demo-host;
        description = "A host with two agents, for a folder of deployments/";
      };
    };
}
