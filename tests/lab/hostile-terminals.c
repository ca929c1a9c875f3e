/* hostile-terminals HOW [WHAT]: answers in the place of forge-terminals, as an attacker would who has become forge-tty.
 * HOW is "text", a word and no descriptor; "open" or "path" (O_PATH), a descriptor of WHAT; "master", that of a terminal's
 * other side; "dead", of a terminal that has ended; "two", a right one and another; "mute", nothing at all. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *how = argv[1], *what = argc > 2 ? argv[2] : "";

	for (;;) {
		static char request[64 * 1024];
		char control[CMSG_SPACE(2 * sizeof(int))] = "";
		struct iovec data = { (char *)(*what ? what : "x"), *what ? strlen(what) : 1 };
		struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
		int fds[2] = { -1, -1 }, count = 1, master = -1, slave = -1;
		int peer = accept4(3, NULL, NULL, SOCK_CLOEXEC);

		recv(peer, request, sizeof request, 0);
		if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
			perror("openpty");
		if (strcmp(how, "mute") == 0)
			pause();
		if (strcmp(how, "open") == 0)
			fds[0] = open(what, O_RDWR | O_NOCTTY | O_NONBLOCK);
		else if (strcmp(how, "path") == 0)
			fds[0] = open(what, O_PATH);
		else if (strcmp(how, "master") == 0)
			fds[0] = master;
		else if (strcmp(how, "dead") == 0) {
			fds[0] = slave;
			close(master);
		} else if (strcmp(how, "two") == 0) {
			count = 2;
			fds[0] = slave;
			fds[1] = master;
		}
		if (fds[0] >= 0) {
			message.msg_control = control;
			message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
			struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
			sent->cmsg_level = SOL_SOCKET;
			sent->cmsg_type = SCM_RIGHTS;
			sent->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
			memcpy(CMSG_DATA(sent), fds, (size_t)count * sizeof(int));
		}
		fprintf(stderr, "answers %s %s, descriptor %d\n", how, what, fds[0]);
		if (sendmsg(peer, &message, MSG_NOSIGNAL) < 0)
			perror("sendmsg");
		close(peer);
	}
}
