/* File systems of an agent's own, in place of common goods of the host that any program can use up: terminals for
 * the agent's tools, and room for its records. They are mounted anew for each start. */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "runtime.h"

/* Takes away what an earlier start mounted there. */
static inline bool forge_unmount(const char *path)
{
	while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		;
	return errno == EINVAL;
}

static inline bool forge_mount_terminals(const char *agent)
{
	char path[64];

	snprintf(path, sizeof path, FORGE_PTS "/%s", agent);
	if ((mkdir(FORGE_PTS, 0755) < 0 && errno != EEXIST) || (mkdir(path, 0755) < 0 && errno != EEXIST))
		return false;
	return forge_unmount(path) && mount("devpts", path, "devpts", MS_NOSUID | MS_NOEXEC,
					    "newinstance,ptmxmode=0666,mode=0620,max=64") == 0;
}

/* In the directory that systemd made for the unit, with its owner. */
static inline bool forge_mount_records(const char *agent)
{
	char path[64], options[96];
	struct stat its;

	snprintf(path, sizeof path, FORGE_AGENTS "/%s", agent);
	if (!forge_unmount(path) || lstat(path, &its) < 0 || !S_ISDIR(its.st_mode))
		return false;
	snprintf(options, sizeof options, "size=1m,nr_inodes=128,mode=0755,uid=%u,gid=%u", its.st_uid, its.st_gid);
	return mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options) == 0;
}
