{ services.forge.configureTmux = true; }
