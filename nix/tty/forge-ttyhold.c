/* The only process in a holder's pane. It keeps the terminal open, leaves it to whoever starts on it next, and ends
 * when the terminal is hung up: when the agent, its session leader, ends.
 * It never reads, so it cannot take the agent's input. */
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = 0 };

	signal(SIGHUP, SIG_IGN); /* which comes with giving it up */
	ioctl(STDIN_FILENO, TIOCNOTTY);

	for (;;) {
		int ready = poll(&terminal, 1, -1);
		if (ready > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)))
			return 0;
	}
}
