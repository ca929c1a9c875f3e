/* forge-terminals TMUX CONFIGURATION TTYHOLD LOG READY QUIT PKILL: makes agents' terminals, anew for each start, and does
 * at them what root must not do itself.
 *
 * A packet that comes to its socket (ask.h) is the environment of an agent's unit, "NAME=VALUE" each ended by NUL.
 * FORGE_ASK tells what is asked for:
 * terminal: the answer is the terminal, as an open descriptor. What looks for readiness there, READY, starts a while
 *   later with that environment.
 * quit: QUIT types the words to leave. The end of the connection tells it that the harness has left.
 * up: the answer is "g" if the terminal is gone, "u" if not.
 *
 * One process holds the sandbox of all terminals, as a sandbox for each costs as much as the agent's own. It keeps
 * nothing: what it started outlives it, and the next one goes on. Only root may open the socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "holder.h"
#include "runtime.h"

enum { LISTENING = 3 /* systemd's first */, PACKET = 64 * 1024 };
enum { LEAST_PAUSE_MS = 250, MOST_PAUSE_MS = 3000, PAUSE_TIMES = 50, HOLD_WAITS = 5000 };
/* What a holder takes on a machine that starts a hundred agents at once, and no longer. */
enum { HOLDER_MS = 10 * 1000 };

extern char **environ;
static char *tmux, *configuration, *ttyhold, *logger, *ready, *quit, *pkill;
static char directory[64];
static struct sockaddr_un holder = { .sun_family = AF_UNIX };
static char *const sock = holder.sun_path;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads to the end, keeps the first line. False if that took too long. */
static bool first_line(int printed, char *line, size_t size)
{
	long deadline = now_ms() + HOLDER_MS;
	struct pollfd more = { .fd = printed, .events = POLLIN };
	size_t length = 0;
	char rest[256];
	ssize_t n = 1;

	while (n > 0) {
		long left = deadline - now_ms();
		bool has_room = length < size - 1;

		if (left <= 0 || poll(&more, 1, (int)left) <= 0)
			return false;
		n = read(printed, has_room ? line + length : rest, has_room ? size - 1 - length : sizeof rest);
		length += has_room && n > 0 ? (size_t)n : 0;
	}
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Whether tmux did it in time; its first line. */
static bool ask(char *const argv[], char *line, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = 1;
	pid_t child = -1;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if ((errno = posix_spawn(&child, tmux, &actions, NULL, argv, environ)) != 0)
		child = -1;
	close(ends[1]);
	if (child > 0 && !first_line(ends[0], line, size)) {
		kill(child, SIGKILL);
		errno = ETIMEDOUT;
	}
	close(ends[0]);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* The terminal of the last start is as its agent left it, until now; its server may be gone. */
static bool renew(char *terminal, size_t size, char *name)
{
	char *argv[] = { "tmux", "-u", "-S", sock,
			 "if-shell", "-F", "-t", "=agent:", "#{pane_in_mode}", "send-keys -t =agent: -X cancel", ";",
			 "respawn-pane", "-k", "-t", "=agent:", ttyhold, name, ";",
			 "display-message", "-p", "-t", "=agent:", "#{pane_tty}", NULL };

	return forge_holder(&holder) == HOLDER_UP && ask(argv, terminal, size) && terminal[0] == '/';
}

/* Whatever is left of a holder that gave no terminal: a start must come through. */
static void clear_away(void)
{
	char pattern[128];
	char *argv[] = { "pkill", "-KILL", "-f", "--", pattern, NULL };
	pid_t child;

	if (access(sock, F_OK) < 0)
		return;
	snprintf(pattern, sizeof pattern, "-S %s( |$)", sock);
	if (posix_spawn(&child, pkill, NULL, NULL, argv, environ) == 0)
		waitpid(child, NULL, 0);
	unlink(sock);
}

static bool make(char *terminal, size_t size)
{
	char *argv[] = { "tmux", "-u", "-S", sock, "-f", configuration, "start-server", ";",
			 "display-message", "-p", "-t", "=agent:", "#{pane_tty}", NULL };

	clear_away();
	return ask(argv, terminal, size) && terminal[0] == '/';
}

static void log_terminal(const char *name)
{
	char command[512], nothing[8];
	char *argv[] = { "tmux", "-u", "-S", sock, "pipe-pane", "-t", "=agent:", command, NULL };

	snprintf(command, sizeof command, "exec %s %s", logger, name);
	ask(argv, nothing, sizeof nothing);
}

/* Until then it is the controlling terminal of its holder, and no agent can have it. */
static bool is_held(const char *held)
{
	int waits = 0;

	while (access(held, F_OK) < 0 && ++waits < HOLD_WAITS)
		usleep(1000);
	return waits < HOLD_WAITS;
}

static bool hand_over(int peer, const char *terminal)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	struct iovec data = { "t", 1 };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	int fd = open(terminal, O_RDWR | O_NOCTTY | O_CLOEXEC);
	bool is_sent;

	if (fd < 0)
		return false;
	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	is_sent = sendmsg(peer, &message, MSG_NOSIGNAL) > 0;
	close(fd);
	return is_sent;
}

static void give_terminal(int peer, char *name)
{
	char terminal[64] = "", seen[64], held[80], *log = getenv("FORGE_LOG_TERMINAL");
	long began = now_ms(), wait;
	bool is_made;

	snprintf(seen, sizeof seen, FORGE_SEEN "/%s", name);
	snprintf(held, sizeof held, "%s/held", directory);
	unlink(held);
	mkdir(directory, 0755);
	mkdir(seen, 0755);
	is_made = (renew(terminal, sizeof terminal, name) || make(terminal, sizeof terminal)) && is_held(held);
	if (is_made && log && strcmp(log, "yes") == 0)
		log_terminal(name);
	if (!is_made || !hand_over(peer, terminal)) {
		fprintf(stderr, "<3>%s gets no terminal: %s\n", name, strerror(errno));
		return;
	}
	close(peer);

	/* This took longer where many agents start at once, and they must not wait for what follows. */
	wait = (now_ms() - began) * PAUSE_TIMES;
	wait = wait < LEAST_PAUSE_MS ? LEAST_PAUSE_MS : wait > MOST_PAUSE_MS ? MOST_PAUSE_MS : wait;
	usleep((useconds_t)wait * 1000);
	execl(ready, ready, terminal, (char *)NULL);
	fprintf(stderr, "<3>%s: %s\n", ready, strerror(errno));
}

static void answer(int peer)
{
	static char request[PACKET + 1];
	char *name, *asked;
	ssize_t length = recv(peer, request, PACKET, 0);

	for (char *entry = request; length > 0 && entry < request + length; entry += strlen(entry) + 1)
		putenv(entry);
	name = getenv("FORGE_AGENT");
	asked = getenv("FORGE_ASK");
	if (!forge_is_name(name) || !asked)
		return;
	snprintf(directory, sizeof directory, FORGE_TERMINALS "/%s", name);
	snprintf(sock, sizeof holder.sun_path, "%s/sock", directory);
	if (strcmp(asked, "terminal") == 0)
		give_terminal(peer, name);
	else if (strcmp(asked, "up") == 0)
		send(peer, forge_holder(&holder) == HOLDER_GONE ? "g" : "u", 1, MSG_NOSIGNAL);
	else if (strcmp(asked, "quit") == 0) {
		dup2(peer, STDIN_FILENO);
		close(peer);
		execl(quit, quit, (char *)NULL);
		fprintf(stderr, "<3>%s: %s\n", quit, strerror(errno));
	}
}

int main(int argc, char **argv)
{
	if (argc != 8)
		return 2;
	tmux = argv[1], configuration = argv[2], ttyhold = argv[3], logger = argv[4], ready = argv[5];
	quit = argv[6], pkill = argv[7];
	signal(SIGCHLD, SIG_IGN); /* nobody waits for them */
	for (;;) {
		int peer = accept4(LISTENING, NULL, NULL, SOCK_CLOEXEC);

		if (peer < 0) {
			usleep(10 * 1000); /* out of descriptors or memory: others may end */
			continue;
		}
		if (fork() == 0) {
			signal(SIGCHLD, SIG_DFL);
			answer(peer);
			_exit(1);
		}
		close(peer);
	}
}
