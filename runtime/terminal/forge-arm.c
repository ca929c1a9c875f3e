/* forge-arm: has forge-terminals make a fresh terminal for the unit's start, gives it to the agent's user, and says
 * in the journal that the agent starts. Its variables FORGE_… tell which agent it is and what its harness shows. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime.h"

extern char **environ;

static const struct sockaddr_un TERMINALS = { AF_UNIX, FORGE_TERMINALS_SOCKET };
static const struct sockaddr_un JOURNAL = { AF_UNIX, "/run/systemd/journal/socket" };

static int fail(const char *what)
{
	fprintf(stderr, "TERMINAL_MISSING: %s\n  → journalctl --unit forge-terminals\n", what);
	return 1;
}

static size_t request(char *packet, size_t size)
{
	size_t length = 0;

	for (char **entry = environ; *entry; entry++) {
		size_t next = strlen(*entry) + 1;

		if (strncmp(*entry, "FORGE_", 6) != 0 || length + next > size)
			continue;
		memcpy(packet + length, *entry, next);
		length += next;
	}
	return length;
}

static const char *value(const char *name)
{
	const char *found = getenv(name);

	return found ? found : "";
}

/* By the journal's own protocol: no value here holds a line break. */
static void tell_started(void)
{
	const char *agent = value("FORGE_AGENT"), *harness = value("FORGE_HARNESS");
	const char *version = value("FORGE_HARNESS_VERSION"), *plan = value("FORGE_PLAN");
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char text[4096];

	snprintf(text, sizeof text,
		 "SYSLOG_IDENTIFIER=forge\nPRIORITY=6\nMESSAGE=%s started in %s %s with %s\n"
		 "FORGE_EVENT=started\nFORGE_AGENT=%s\nFORGE_HARNESS=%s\nFORGE_HARNESS_VERSION=%s\nFORGE_PLAN=%s\n",
		 agent, harness, version, plan, agent, harness, version, plan);
	sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&JOURNAL, sizeof JOURNAL);
}

/* Its user is the owner of the directory that systemd made for the unit. */
static int give(const char *terminal)
{
	char directory[64];
	struct stat its;

	snprintf(directory, sizeof directory, FORGE_AGENTS "/%s", value("FORGE_AGENT"));
	return stat(directory, &its) == 0 && chown(terminal, its.st_uid, (gid_t)-1) == 0 &&
			       chmod(terminal, S_IRUSR | S_IWUSR) == 0 ?
		       0 :
		       -1;
}

int main(void)
{
	static const char DEVICES[] = "/dev/pts/";
	static char packet[64 * 1024];
	char terminal[64] = "";
	int terminals = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (connect(terminals, (const struct sockaddr *)&TERMINALS, sizeof TERMINALS) < 0 ||
	    send(terminals, packet, request(packet, sizeof packet), MSG_NOSIGNAL) < 0)
		return fail(strerror(errno));
	if (recv(terminals, terminal, sizeof terminal - 1, 0) <= 0 ||
	    strncmp(terminal, DEVICES, sizeof DEVICES - 1) != 0 || strchr(terminal + sizeof DEVICES - 1, '/'))
		return fail("forge-terminals made no terminal");
	if (give(terminal) < 0)
		return fail(strerror(errno));
	tell_started();
	return 0;
}
