/* forge-ask quit|up: has forge-terminals do what root must not do itself, as it means to speak to the terminal's server.
 *
 * quit: the harness is asked to leave, in its own words; this waits until it has, or until that took too long.
 * up: the status is 0 unless the agent's terminal is gone. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ask.h"

enum { ANSWER_SECONDS = 5, PTS_MAJOR = 136 };

/* Which terminal a process has, from its status. */
static bool terminal_of(const char *pid, char *path, size_t size)
{
	char file[64], status[1024], *fields;
	unsigned int number = 0;
	ssize_t length;
	int fd;

	snprintf(file, sizeof file, "/proc/%s/stat", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	length = read(fd, status, sizeof status - 1);
	close(fd);
	status[length > 0 ? length : 0] = '\0';
	fields = strrchr(status, ')'); /* the name before it is the process's own choice */
	if (!fields || sscanf(fields, ") %*c %*d %*d %*d %u", &number) != 1 || (number >> 8 & 0xfff) != PTS_MAJOR)
		return false;
	snprintf(path, size, "/dev/pts/%u", (number & 0xff) | (number >> 12 & 0xfff00));
	return true;
}

static int quit(void)
{
	const char *pid = getenv("MAINPID"), *seconds = getenv("FORGE_QUIT_WAIT");
	char path[64];
	struct pollfd ends[2] = { { .events = POLLIN }, { .events = POLLIN } };

	/* No main process: the harness ended by itself, and nothing is typed at what may come after it. */
	if (!pid || !seconds || (ends[0].fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0)) < 0 ||
	    !terminal_of(pid, path, sizeof path))
		return 0;
	setenv("FORGE_ITS_TERMINAL", path, 1);
	ends[1].fd = forge_ask(ANSWER_SECONDS);
	/* Its own end of the connection tells forge-terminals that the harness has left. */
	if (ends[1].fd >= 0)
		poll(ends, 2, atoi(seconds) * 1000);
	return 0;
}

/* Only a clear answer counts as the loss of the terminal. */
static int is_up(void)
{
	char answer = 'u';
	int terminals = forge_ask(ANSWER_SECONDS);

	return terminals >= 0 && recv(terminals, &answer, 1, 0) == 1 && answer == 'g' ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	setenv("FORGE_ASK", argv[1], 1);
	return strcmp(argv[1], "quit") == 0 ? quit() : strcmp(argv[1], "up") == 0 ? is_up() : 2;
}
