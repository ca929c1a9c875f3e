/* forge-terminals TMUX CONFIGURATION TTYHOLD LOG READY: makes agents' terminals, anew for each start.
 *
 * A packet that comes to its socket is the environment of an agent's unit, "NAME=VALUE" each ended by NUL; the answer
 * is the path of the terminal. What looks for readiness there, READY, starts a while later with that environment.
 *
 * One process holds the sandbox of all terminals, as a sandbox for each costs as much as the agent's own. It keeps
 * nothing: what it started outlives it, and the next one goes on. Only root may open the socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

enum { LISTENING = 3 /* systemd's first */, PACKET = 64 * 1024 };
enum { LEAST_PAUSE_MS = 250, MOST_PAUSE_MS = 3000, PAUSE_TIMES = 50, HOLD_WAITS = 5000 };

extern char **environ;
static char *tmux, *configuration, *ttyhold, *logger, *ready;
static char directory[64], sock[80];

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first line of what tmux prints. */
static bool ask(char *const argv[], char *line, size_t size)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = 1;
	pid_t child = -1;
	FILE *printed;

	if (pipe2(ends, O_CLOEXEC) < 0 || !(printed = fdopen(ends[0], "r")))
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	errno = posix_spawn(&child, tmux, &actions, NULL, argv, environ);
	close(ends[1]);
	if (!fgets(line, (int)size, printed))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	fclose(printed);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 && line[0] == '/';
}

/* The terminal of the last start is as its agent left it, until now; its server may be gone. */
static bool renew(char *terminal, size_t size, char *name)
{
	char *argv[] = { "tmux", "-u", "-S", sock,
			 "if-shell", "-F", "-t", "=agent:", "#{pane_in_mode}", "send-keys -t =agent: -X cancel", ";",
			 "respawn-pane", "-k", "-t", "=agent:", ttyhold, name, ";",
			 "display-message", "-p", "-t", "=agent:", "#{pane_tty}", NULL };

	return access(sock, F_OK) == 0 && ask(argv, terminal, size);
}

static bool make(char *terminal, size_t size)
{
	char *argv[] = { "tmux", "-u", "-S", sock, "-f", configuration, "start-server", ";",
			 "display-message", "-p", "-t", "=agent:", "#{pane_tty}", NULL };

	return ask(argv, terminal, size);
}

static void log_terminal(const char *name)
{
	char command[512], nothing[8];
	char *argv[] = { "tmux", "-S", sock, "pipe-pane", "-t", "=agent:", command, NULL };

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

static bool publish(const char *terminal)
{
	char link[96], next[96];

	snprintf(link, sizeof link, "%s/tty", directory);
	snprintf(next, sizeof next, "%s/tty.new", directory);
	unlink(next);
	return symlink(terminal, next) == 0 && rename(next, link) == 0;
}

static void answer(int peer)
{
	static char request[PACKET + 1];
	char terminal[64], seen[64], held[80], *name, *log;
	long began = now_ms(), wait;
	ssize_t length = recv(peer, request, PACKET, 0);

	for (char *entry = request; length > 0 && entry < request + length; entry += strlen(entry) + 1)
		putenv(entry);
	name = getenv("FORGE_AGENT");
	if (!forge_is_name(name))
		return;
	snprintf(directory, sizeof directory, FORGE_TERMINALS "/%s", name);
	snprintf(sock, sizeof sock, "%s/sock", directory);
	snprintf(seen, sizeof seen, FORGE_SEEN "/%s", name);
	snprintf(held, sizeof held, "%s/held", directory);
	unlink(held);
	mkdir(directory, 0755);
	mkdir(seen, 0755);
	if ((!renew(terminal, sizeof terminal, name) && !make(terminal, sizeof terminal)) || !is_held(held) ||
	    !publish(terminal)) {
		fprintf(stderr, "<3>%s gets no terminal: %s\n", name, strerror(errno));
		return;
	}
	log = getenv("FORGE_LOG_TERMINAL");
	if (log && strcmp(log, "yes") == 0)
		log_terminal(name);
	send(peer, terminal, strlen(terminal), MSG_NOSIGNAL);
	close(peer);

	/* This took longer where many agents start at once, and they must not wait for what follows. */
	wait = (now_ms() - began) * PAUSE_TIMES;
	wait = wait < LEAST_PAUSE_MS ? LEAST_PAUSE_MS : wait > MOST_PAUSE_MS ? MOST_PAUSE_MS : wait;
	usleep((useconds_t)wait * 1000);
	execl(ready, ready, terminal, (char *)NULL);
	fprintf(stderr, "<3>%s: %s\n", ready, strerror(errno));
}

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	tmux = argv[1], configuration = argv[2], ttyhold = argv[3], logger = argv[4], ready = argv[5];
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
