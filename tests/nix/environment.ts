/** Nothing is built, so root needs no users to build as; Nix would warn at each call that there are none. */
export const QUIET: NodeJS.ProcessEnv = {
  ...process.env,
  NIX_CONFIG: `${process.env["NIX_CONFIG"] ?? ""}\nbuild-users-group =\n`,
};
