{
  _class = "nixos";

  imports = [
    ./generated
    ./options.nix
    ./agents.nix
    ./assertions.nix
    ./manifest.nix
    ./service.nix
    ./terminal.nix
    ./users.nix
  ];
}
