/* The only process in a holder's pane. It keeps the terminal open until the agent's unit takes it over
 * (TIOCSCTTY, by force) and ends when the terminal is hung up: when the agent, its session leader, ends.
 * It never reads, so it cannot take the agent's input. */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

int main(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = 0 };

	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);

	for (;;) {
		int ready = poll(&terminal, 1, -1);
		if (ready > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)))
			return 0;
	}
}
