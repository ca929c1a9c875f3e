/* forge-typed TMUX: carries out commands of tmux at agents' terminals for forged, which never speaks to their servers
 * itself: such a server can make its client read and write files.
 *
 * A connection carries one request: two numbers of four bytes, the lengths of what follows them; the agent's name and
 * the words of the command, each ended by NUL; and what the command gets as its standard input. The answer is a byte
 * of enum outcome, and what the command printed. Only forged may open the socket. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "holder.h"
#include "runtime.h"

enum { LISTENING = 3 /* systemd's first */, WORDS = 256, MOST_WORDS = 64 * 1024, MOST_INPUT = 4 << 20, MOST_OUTPUT = 4 << 20 };
enum { SECONDS = 10 };
/* As runtime/terminal/engine/typed-tmux.ts reads it. */
enum outcome { DONE, REFUSED, NO_ANSWER, NO_TERMINAL };

extern char **environ;
static char *tmux;

static bool read_all(int peer, char *into, size_t length)
{
	return length == 0 || recv(peer, into, length, MSG_WAITALL) == (ssize_t)length;
}

static void send_all(int peer, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(peer, bytes, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes += sent, length -= (size_t)sent;
	}
}

static void reply(int peer, enum outcome outcome, const char *output, size_t length)
{
	char byte = (char)outcome;

	send_all(peer, &byte, 1);
	send_all(peer, output, length);
}

/* A file in memory, at its beginning. */
static int file_of(const char *bytes, size_t length)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	size_t written = 0;

	while (fd >= 0 && written < length) {
		ssize_t n = write(fd, bytes + written, length - written);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		written += (size_t)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether there may be more to come. */
static bool drain(int from, char *output, size_t *length)
{
	ssize_t n = 1;

	while (*length < MOST_OUTPUT && (n = read(from, output + *length, MOST_OUTPUT - *length)) > 0)
		*length += (size_t)n;
	return n < 0 && errno == EAGAIN;
}

/* Reads until the program has ended: its server has the other end of the pipe too, and may keep it open. */
static bool read_output(int from, pid_t child, char *output, size_t *length)
{
	long deadline = now_ms() + SECONDS * 1000;
	struct pollfd ends[2] = { { .fd = from, .events = POLLIN }, { .events = POLLIN } };
	bool has_ended = false;

	fcntl(from, F_SETFL, O_NONBLOCK);
	if ((ends[1].fd = (int)syscall(SYS_pidfd_open, child, 0)) < 0)
		return false;
	while (!has_ended) {
		long left = deadline - now_ms();

		if (left <= 0 || poll(ends, 2, (int)left) <= 0)
			return false;
		has_ended = ends[1].revents & POLLIN;
		if (!drain(from, output, length))
			ends[0].fd = -1;
	}
	return *length < MOST_OUTPUT;
}

static enum outcome run(char *const argv[], int input, char *output, size_t *length)
{
	posix_spawn_file_actions_t actions;
	int ends[2], status = 1;
	bool is_over;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return NO_ANSWER;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	if (posix_spawn(&child, tmux, &actions, NULL, argv, environ) != 0)
		return NO_ANSWER;
	close(ends[1]);
	is_over = read_output(ends[0], child, output, length);
	if (!is_over)
		kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !is_over)
		return NO_ANSWER;
	return status == 0 ? DONE : REFUSED;
}

static void answer(int peer)
{
	static const struct timeval limit = { .tv_sec = SECONDS };
	static char words[MOST_WORDS + 1];
	struct sockaddr_un holder = { .sun_family = AF_UNIX };
	char *argv[WORDS + 5] = { "tmux", "-u", "-S", holder.sun_path };
	int count = 4, file;
	uint32_t lengths[2];
	char *input, *output;
	size_t length = 0;

	setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (!read_all(peer, (char *)lengths, sizeof lengths) || lengths[0] > MOST_WORDS || lengths[1] > MOST_INPUT ||
	    !read_all(peer, words, lengths[0]))
		return;
	input = malloc(lengths[1] + 1);
	output = malloc(MOST_OUTPUT);
	if (!input || !output || !read_all(peer, input, lengths[1]) || !forge_is_name(words))
		return;
	for (char *word = words + strlen(words) + 1; word < words + lengths[0] && count < WORDS + 4; word += strlen(word) + 1)
		argv[count++] = word;
	snprintf(holder.sun_path, sizeof holder.sun_path, FORGE_TERMINALS "/%s/sock", words);
	if (forge_holder(&holder) == HOLDER_GONE) {
		reply(peer, NO_TERMINAL, "", 0);
	} else if ((file = file_of(input, lengths[1])) >= 0) {
		enum outcome outcome = run(argv, file, output, &length);

		reply(peer, outcome, output, length);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	tmux = argv[1];
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
			_exit(0);
		}
		close(peer);
	}
}
