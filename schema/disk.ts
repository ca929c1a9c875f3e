/** Percentage of a file system's space and files below which it is low, unless a host declares another. */
export const DISK_LOW = 5;
