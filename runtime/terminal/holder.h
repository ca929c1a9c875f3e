/* The tmux server that holds an agent's terminal, seen from outside. */
#pragma once
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum holder { HOLDER_GONE, HOLDER_UP, HOLDER_STUCK /* it takes no more connections */ };

/* Never waits: a holder that is stuck must not take others with it. */
static inline enum holder forge_holder(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool connected = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;
	bool is_full = !connected && errno == EAGAIN;

	close(fd);
	return connected ? HOLDER_UP : is_full ? HOLDER_STUCK : HOLDER_GONE;
}
