/* The only process in a holder's pane. It keeps the terminal open, leaves it to whoever starts on it next, says so by
 * a file beside tmux's socket, and ends when the terminal is hung up: when the agent, its session leader, ends.
 * It never reads, so it cannot take the agent's input. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void say_held(void)
{
	const char *socket = getenv("TMUX"); /* PATH/sock,… */
	const char *slash = socket ? strrchr(socket, '/') : NULL;
	char file[128];
	int fd;

	if (!slash)
		return;
	snprintf(file, sizeof file, "%.*s/held", (int)(slash - socket), socket);
	fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = 0 };

	signal(SIGHUP, SIG_IGN); /* which comes with giving it up */
	ioctl(STDIN_FILENO, TIOCNOTTY);
	say_held();

	for (;;) {
		int ready = poll(&terminal, 1, -1);
		if (ready > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)))
			return 0;
	}
}
