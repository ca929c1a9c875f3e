# Values as systemd reads them in a unit.
{ lib }:
rec {
  # systemd splits at spaces and reads % as the start of a specifier.
  literal = lib.replaceStrings [ "%" ] [ "%%" ];
  quoted = path: "\"${lib.escape [ "\\" "\"" ] (literal path)}\"";
}
