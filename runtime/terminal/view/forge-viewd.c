/* forge-viewd view|take TMUX: lets one person see, or use, the terminal of one agent.
 *
 * Standard input is their connection, of sequential packets. Theirs: first "NAME COLS ROWS", then "sCOLS ROWS"
 * after a change of size, and "i" with what they typed. Ours: "t" with bytes for their terminal, "n" with the
 * reason of a refusal, "d" with the reason why there is no terminal now.
 * Nothing that a viewer typed reaches anything: only a taker's input is ever written to the terminal. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "holder.h"
#include "journal.h"
#include "runtime.h"

enum { PEER = STDIN_FILENO, HELLO_MS = 5000, FAREWELL_MS = 1000, FAREWELL_READS = 256, ANSWER_MS = 10000 };
/* The agent's terminal is 200 by 50. A larger window shows nothing more of it, but the holder keeps eight bytes for
 * each of its cells while the person does not read, and a large product is more than it may have. */
enum { MOST_COLS = 300, MOST_ROWS = 100 };

struct pending {
	char bytes[4096];
	size_t from, till;
};

static const char AGENTS[] = FORGE_NAMES; /* one name a line */
static const char DOWN[] = "TERMINAL_DOWN: the terminal of ";
static const char STUCK[] = " does not answer\n  → forge restart gives the agent another";
static volatile sig_atomic_t stopping;

static void on_term(int signal)
{
	(void)signal;
	stopping = 1;
}

static void tell(char kind, const char *what, const char *name, const char *then)
{
	char text[512];

	snprintf(text, sizeof text, "%c%s%s%s", kind, what, name, then);
	send(PEER, text, strlen(text), MSG_NOSIGNAL);
}

static void journal(const char *event, const char *name)
{
	struct ucred who = { .uid = (uid_t)-1 };
	socklen_t length = sizeof who;
	struct passwd *user;
	char text[1024];

	getsockopt(PEER, SOL_SOCKET, SO_PEERCRED, &who, &length);
	user = getpwuid(who.uid);
	snprintf(text, sizeof text,
		 "SYSLOG_IDENTIFIER=forge\nPRIORITY=5\nMESSAGE=%s: %s (uid %u) %s the terminal\n"
		 "FORGE_EVENT=take-%s\nFORGE_AGENT=%s\nFORGE_UID=%u\nFORGE_USER=%s\n",
		 name, user ? user->pw_name : "someone", who.uid,
		 strcmp(event, "begin") == 0 ? "takes" : "leaves", event, name, who.uid,
		 user ? user->pw_name : "");
	forge_tell(text);
}

static bool is_agent(const char *name)
{
	FILE *agents = fopen(AGENTS, "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (agents && !found && getline(&line, &size, agents) > 0) {
		line[strcspn(line, "\n")] = '\0';
		found = strcmp(line, name) == 0;
	}
	free(line);
	if (agents)
		fclose(agents);
	return found;
}

static unsigned short clamped(unsigned int given, unsigned int most)
{
	return (unsigned short)(given < 1 ? 1 : given > most ? most : given);
}

static bool read_size(const char *text, struct winsize *size)
{
	unsigned int cols, rows;

	if (sscanf(text, "%9u %9u", &cols, &rows) != 2)
		return false;
	*size = (struct winsize){ .ws_col = clamped(cols, MOST_COLS), .ws_row = clamped(rows, MOST_ROWS) };
	return true;
}

static bool hear_hello(char name[FORGE_NAME_LONGEST + 1], struct winsize *size)
{
	struct pollfd peer = { .fd = PEER, .events = POLLIN };
	char text[64], *space;
	ssize_t length = poll(&peer, 1, HELLO_MS) == 1 ? recv(PEER, text, sizeof text - 1, 0) : 0;

	if (length <= 0)
		return false;
	text[length] = '\0';
	space = strchr(text, ' ');
	if (!space || space - text > FORGE_NAME_LONGEST || !read_size(space + 1, size))
		return false;
	*space = '\0';
	strcpy(name, text);
	return true;
}

/* What the person sent: a size is obeyed, keys wait for the terminal if they may type, all else is dropped. */
static void hear(const char *message, size_t length, int terminal, struct pending *keys, bool may_type)
{
	struct winsize size = { 0 };

	if (message[0] == 's' && read_size(message + 1, &size))
		ioctl(terminal, TIOCSWINSZ, &size);
	if (message[0] == 'i' && may_type) {
		memcpy(keys->bytes, message + 1, length - 1);
		keys->from = 0;
		keys->till = length - 1;
	}
}

/* Neither side waits for the other with its own buffer full, so no paste and no flood can lock this up. False if the
 * holder showed nothing for too long. */
static bool relay(int terminal, bool may_type)
{
	bool answered = false;
	struct pending keys = { .till = 0 }, shown = { .till = 0 };
	char message[sizeof keys.bytes];

	while (!stopping) {
		bool typing = keys.from < keys.till, showing = shown.till > 0;
		struct pollfd fds[] = {
			{ .fd = PEER, .events = (typing ? 0 : POLLIN) | (showing ? POLLOUT : 0) },
			{ .fd = terminal, .events = (showing ? 0 : POLLIN) | (typing ? POLLOUT : 0) },
		};
		ssize_t n;
		int ready = poll(fds, 2, answered ? -1 : ANSWER_MS);

		if (ready == 0)
			return false;
		if (ready < 0)
			continue;
		if (showing && fds[0].revents & POLLOUT) {
			if (send(PEER, shown.bytes, shown.till, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
				shown.till = 0;
			else if (errno != EAGAIN)
				return true;
		}
		if (fds[0].revents & POLLIN) {
			n = recv(PEER, message, sizeof message - 1, MSG_DONTWAIT);
			if (n == 0 || (n < 0 && errno != EAGAIN))
				return true;
			if (n > 0) {
				message[n] = '\0';
				hear(message, (size_t)n, terminal, &keys, may_type);
			}
		} else if (fds[0].revents & (POLLHUP | POLLERR))
			return true;
		if (typing && fds[1].revents & POLLOUT) {
			n = write(terminal, keys.bytes + keys.from, keys.till - keys.from);
			keys.from += n > 0 ? (size_t)n : 0;
		}
		if (!showing && fds[1].revents & (POLLIN | POLLHUP)) {
			n = read(terminal, shown.bytes + 1, sizeof shown.bytes - 1);
			if (n == 0 || (n < 0 && errno != EAGAIN))
				return true; /* the client of the terminal ended */
			answered = true;
			shown.bytes[0] = 't';
			shown.till = n > 0 ? (size_t)n + 1 : 0;
		}
	}
	return true;
}

/* tmux puts the person's terminal back in order when it is asked to end; that still has to reach them. */
static void farewell(int terminal, pid_t child)
{
	struct pollfd last = { .fd = terminal, .events = POLLIN };
	char bytes[4096] = "t";
	ssize_t n;

	kill(child, SIGTERM);
	for (int reads = 0; reads < FAREWELL_READS && poll(&last, 1, FAREWELL_MS) == 1 &&
			    (n = read(terminal, bytes + 1, sizeof bytes - 1)) > 0;
	     reads++)
		send(PEER, bytes, (size_t)n + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
	char name[FORGE_NAME_LONGEST + 1] = "";
	struct winsize size = { 0 };
	struct sigaction term = { .sa_handler = on_term };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	enum holder up;
	bool may_type, answered;
	int terminal;
	pid_t child;

	if (argc != 3)
		return 2;
	may_type = strcmp(argv[1], "take") == 0;
	if (!hear_hello(name, &size))
		return 0;
	if (!forge_is_name(name) || !is_agent(name)) {
		tell('n', "AGENT_UNKNOWN: this host has no such agent", "", "\n  → forge ps lists them");
		return 0;
	}
	snprintf(at.sun_path, sizeof at.sun_path, FORGE_TERMINALS "/%s/sock", name);
	up = forge_holder(&at);
	if (up == HOLDER_GONE)
		tell('d', DOWN, name, " is not up\n  → forge start starts the agent");
	if (up == HOLDER_STUCK)
		tell('d', DOWN, name, STUCK);
	if (up != HOLDER_UP)
		return 0;

	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0)
		return 1;
	if (child == 0) {
		execl(argv[2], "tmux", "-u", "-S", at.sun_path, "attach-session", "-t", "=agent", "-f",
		      may_type ? "ignore-size" : "ignore-size,read-only", (char *)NULL);
		_exit(127);
	}
	sigaction(SIGTERM, &term, NULL);
	fcntl(terminal, F_SETFL, O_NONBLOCK);
	if (may_type)
		journal("begin", name);
	answered = relay(terminal, may_type);
	farewell(terminal, child);
	tell('d', DOWN, name, answered ? " went away\n  → forge logs says why" : STUCK);
	if (may_type)
		journal("end", name);
	return 0;
}
