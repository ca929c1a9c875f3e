/* forge-look NAME [--take] [--follow]: shows an agent's terminal in this one; see forge-viewd.c for what is spoken.
 * Ctrl-] leaves. --take also types into it. --follow, for panes, waits for a terminal that is not up. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "runtime.h"

enum { LEAVE = 0x1d, INTERRUPT = 0x03 };
enum outcome { LEFT, REFUSED, DOWN };

static struct termios before;
static volatile sig_atomic_t resized;
static bool seen; /* something of the terminal */
static char said[4096]; /* the reason, in the host's words */

static void on_winch(int signal)
{
	(void)signal;
	resized = 1;
}

static void put(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, bytes, length);

		if (n < 0 && errno != EINTR)
			exit(1);
		bytes += n > 0 ? n : 0;
		length -= n > 0 ? (size_t)n : 0;
	}
}

static void raw(void)
{
	struct termios now = before;

	cfmakeraw(&now);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

/* Also for a connection that ended without a word: back from the other screen, cursor shown, plain text. */
static void restore(void)
{
	static const char plain[] = "\033[?1049l\033[?25h\033[?1l\033>\033[?2004l\033[m";

	put(plain, sizeof plain - 1);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

static struct winsize size_here(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_col = 80, .ws_row = 24 };
	return size;
}

static void tell_size(int host, const char *prefix)
{
	struct winsize size = size_here();
	char text[64];

	snprintf(text, sizeof text, "%s%u %u", prefix, size.ws_col, size.ws_row);
	send(host, text, strlen(text), MSG_NOSIGNAL);
}

/* False once the person wants to leave. */
static bool type(bool take, bool follow, char *keys, ssize_t *waiting)
{
	ssize_t n = read(STDIN_FILENO, keys + 1, 1024);

	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (follow && !take)
		return true;
	if (memchr(keys + 1, LEAVE, (size_t)n) || (!take && memchr(keys + 1, INTERRUPT, (size_t)n)))
		return false;
	keys[0] = 'i';
	*waiting = take ? n + 1 : 0;
	return true;
}

static enum outcome relay(int host, bool take, bool follow)
{
	char message[4097], keys[1025];
	ssize_t waiting = 0;
	bool leaving = false;
	sigset_t none;

	sigemptyset(&none);
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = host, .events = POLLIN | (waiting > 0 ? POLLOUT : 0) },
			{ .fd = waiting > 0 || leaving ? -1 : STDIN_FILENO, .events = POLLIN },
		};

		if (ppoll(fds, 2, NULL, &none) < 0) {
			if (resized)
				tell_size(host, "s");
			resized = 0;
			continue;
		}
		if (fds[0].revents & (POLLIN | POLLHUP | POLLERR)) {
			ssize_t n = recv(host, message, sizeof message - 1, 0);

			if (n <= 0)
				strcpy(message, "dTERMINAL_DOWN: the connection ended");
			else
				message[n] = '\0';
			if (message[0] == 't') {
				put(message + 1, (size_t)n - 1);
				seen = true;
				continue;
			}
			strcpy(said, message + 1);
			return leaving ? LEFT : message[0] == 'n' ? REFUSED : DOWN;
		}
		if (waiting > 0 && fds[0].revents & POLLOUT &&
		    send(host, keys, (size_t)waiting, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			waiting = 0;
		if (fds[1].revents && !type(take, follow, keys, &waiting)) {
			leaving = true; /* what the host still has to say puts this terminal in order */
			shutdown(host, SHUT_WR);
		}
	}
}

static int connected(bool take, enum outcome *outcome)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	strcpy(at.sun_path, take ? FORGE_TAKE : FORGE_VIEW);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	*outcome = DOWN;
	if (errno == EACCES) {
		*outcome = REFUSED;
		strcpy(said, take ? "ACCESS_DENIED: you are not in forge-operators\n"
				    "  → ask for services.forge.operators on this host, then log in again" :
				    "ACCESS_DENIED: you are in neither forge-observers nor forge-operators\n"
				    "  → ask for services.forge.observers on this host, then log in again");
	} else
		snprintf(said, sizeof said, "VIEW_MISSING: %s: %s\n  → systemctl start %s", at.sun_path,
			 strerror(errno), take ? "forge-take.socket" : "forge-view.socket");
	close(fd);
	return -1;
}

static enum outcome look(const char *name, bool take, bool follow)
{
	enum outcome outcome = LEFT;
	char prefix[32];
	int host = connected(take, &outcome);

	if (host < 0)
		return outcome;
	snprintf(prefix, sizeof prefix, "%s ", name);
	tell_size(host, prefix);
	raw();
	outcome = relay(host, take, follow);
	restore();
	close(host);
	return outcome;
}

int main(int argc, char **argv)
{
	struct sigaction winch = { .sa_handler = on_winch };
	const char *name = NULL;
	bool take = false, follow = false, wrong = false, silent = false;
	sigset_t blocked;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--take") == 0)
			take = true;
		else if (strcmp(argv[i], "--follow") == 0)
			follow = true;
		else if (argv[i][0] == '-' || name || strlen(argv[i]) > 23)
			wrong = true;
		else
			name = argv[i];
	}
	if (!name || wrong || tcgetattr(STDIN_FILENO, &before) < 0 || !isatty(STDOUT_FILENO)) {
		fprintf(stderr, "USAGE: forge-look NAME [--take] [--follow]\n  → run it in a terminal\n");
		return 2;
	}
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGWINCH); /* seen by ppoll only */
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigaction(SIGWINCH, &winch, NULL);

	for (;;) {
		enum outcome outcome = look(name, take, follow);

		if (outcome == LEFT)
			return 0;
		if (!silent || seen)
			fprintf(stderr, "%s%s\n", said, follow && outcome == DOWN ? "\n  (this waits for it)" : "");
		if (!follow || outcome == REFUSED)
			return 1;
		silent = true;
		seen = false;
		sleep(1);
	}
}
