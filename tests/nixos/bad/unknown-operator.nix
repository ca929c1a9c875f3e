{ services.forge.operators = [ "otot" ]; }
