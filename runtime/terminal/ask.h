/* How root's programs beside an agent ask forge-terminals, which does for them what touches a terminal's server: root
 * never speaks to that server itself. The answer is not believed, and not waited for without end. */
#pragma once
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime.h"

extern char **environ;

/* A connection on which the unit's variables FORGE_… were sent, FORGE_ASK among them; -1 with errno. */
static inline int forge_ask(int seconds)
{
	static const struct sockaddr_un at = { AF_UNIX, FORGE_TERMINALS_SOCKET };
	static char packet[64 * 1024];
	struct timeval limit = { .tv_sec = seconds };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	size_t length = 0;
	int failure;

	for (char **entry = environ; *entry; entry++) {
		size_t next = strlen(*entry) + 1;

		if (strncmp(*entry, "FORGE_", 6) != 0 || length + next > sizeof packet)
			continue;
		memcpy(packet + length, *entry, next);
		length += next;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (const struct sockaddr *)&at, sizeof at) == 0 && send(fd, packet, length, MSG_NOSIGNAL) >= 0)
		return fd;
	failure = errno;
	close(fd);
	errno = failure;
	return -1;
}
