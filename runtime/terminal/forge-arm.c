/* forge-arm: has forge-terminals make a fresh terminal for the unit's start, gives it to the agent's user, and says
 * in the journal that the agent starts. Its variables FORGE_… tell which agent it is and what its harness shows.
 *
 * It runs as root and believes nothing of the answer: the terminal comes as an open descriptor, is looked at, and is
 * given away by that descriptor. The path that systemd opens for the unit is made here, in a directory of root's. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "ask.h"
#include "filesystems.h"
#include "journal.h"
#include "runtime.h"

enum { ANSWER_SECONDS = 60, PTS_MAJOR = 136 };

static int fail(const char *what)
{
	fprintf(stderr, "TERMINAL_MISSING: %s\n  → journalctl --unit forge-terminals\n", what);
	return 1;
}

static const char *value(const char *name)
{
	const char *found = getenv(name);

	return found ? found : "";
}

static void tell_started(void)
{
	const char *agent = value("FORGE_AGENT"), *harness = value("FORGE_HARNESS");
	const char *version = value("FORGE_HARNESS_VERSION"), *plan = value("FORGE_PLAN");
	char text[4096];

	snprintf(text, sizeof text,
		 "SYSLOG_IDENTIFIER=forge\nPRIORITY=6\nMESSAGE=%s started in %s %s with %s\n"
		 "FORGE_EVENT=started\nFORGE_AGENT=%s\nFORGE_HARNESS=%s\nFORGE_HARNESS_VERSION=%s\nFORGE_PLAN=%s\n",
		 agent, harness, version, plan, agent, harness, version, plan);
	forge_tell(text);
}

/* The descriptor that forge-terminals sent, or -1. */
static int receive(int terminals)
{
	char byte;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	struct cmsghdr *sent;
	int fd;

	if (recvmsg(terminals, &message, MSG_CMSG_CLOEXEC) <= 0 || !(sent = CMSG_FIRSTHDR(&message)) ||
	    sent->cmsg_level != SOL_SOCKET || sent->cmsg_type != SCM_RIGHTS || sent->cmsg_len != CMSG_LEN(sizeof fd))
		return -1;
	memcpy(&fd, CMSG_DATA(sent), sizeof fd);
	return fd;
}

/* Whether it is a terminal of this host that nobody has but forge-tty; its path is found out, not asked for. */
static bool is_fresh_terminal(int fd, char *path, size_t size)
{
	struct stat its, there, maker;

	if (fstat(fd, &its) < 0 || !S_ISCHR(its.st_mode) || major(its.st_rdev) != PTS_MAJOR)
		return false;
	snprintf(path, size, "/dev/pts/%u", minor(its.st_rdev));
	return stat(FORGE_TERMINALS, &maker) == 0 && maker.st_uid != 0 && its.st_uid == maker.st_uid &&
	       lstat(path, &there) == 0 && there.st_dev == its.st_dev && there.st_ino == its.st_ino &&
	       there.st_rdev == its.st_rdev;
}

/* Its user is the owner of the directory that systemd made for the unit. */
static bool give(int terminal)
{
	char directory[64];
	struct stat its;

	snprintf(directory, sizeof directory, FORGE_AGENTS "/%s", value("FORGE_AGENT"));
	return stat(directory, &its) == 0 && fchown(terminal, its.st_uid, (gid_t)-1) == 0 &&
	       fchmod(terminal, S_IRUSR | S_IWUSR) == 0;
}

static bool publish(const char *terminal)
{
	char link[64], next[64];

	snprintf(link, sizeof link, FORGE_GIVEN "/%s", value("FORGE_AGENT"));
	snprintf(next, sizeof next, FORGE_GIVEN "/.%s", value("FORGE_AGENT"));
	if (mkdir(FORGE_GIVEN, 0755) < 0 && errno != EEXIST)
		return false;
	unlink(next);
	return symlink(terminal, next) == 0 && rename(next, link) == 0;
}

int main(void)
{
	char path[64];
	int terminals, terminal;

	if (!forge_mount_terminals(value("FORGE_AGENT")) || !forge_mount_records(value("FORGE_AGENT")))
		return fail(strerror(errno));
	setenv("FORGE_ASK", "terminal", 1);
	if ((terminals = forge_ask(ANSWER_SECONDS)) < 0)
		return fail(strerror(errno));
	if ((terminal = receive(terminals)) < 0)
		return fail("forge-terminals made no terminal");
	if (!is_fresh_terminal(terminal, path, sizeof path))
		return fail("what forge-terminals sent is no terminal of its own");
	if (!give(terminal) || !publish(path))
		return fail(strerror(errno));
	tell_started();
	return 0;
}
