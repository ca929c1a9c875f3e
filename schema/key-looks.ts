/**
 * A POSIX pattern of the keys that usual providers give out, with at least `length` characters after the beginning that
 * tells them. Placeholders are short; real keys have 30 and more.
 */
export const keyLike = (length: number): string =>
  `(sk-|gh[pousr]_|github_pat_|xox[a-z]-|AIza|AKIA)[A-Za-z0-9_-]{${length},}`;
