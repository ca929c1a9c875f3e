{ nixpkgs.config.allowUnfree = false; }
