/* forge-on-tty PROGRAM: runs PROGRAM on the terminal that systemd opened for it (OpenFile=, descriptor 3).
 *
 * Not systemd's own StandardInput=tty-force: it takes a terminal by force, even one that by now is another's, and
 * every command of the unit needs it, before there is one and after it is gone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TERMINAL = 3 };

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (ioctl(TERMINAL, TIOCSCTTY, 0) < 0 || dup2(TERMINAL, STDIN_FILENO) < 0 ||
	    dup2(TERMINAL, STDOUT_FILENO) < 0) {
		fprintf(stderr, "TERMINAL_MISSING: %s\n  → journalctl --unit forge-terminals\n", strerror(errno));
		return 1;
	}
	close(TERMINAL);
	execv(argv[1], argv + 1);
	fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
	return 126;
}
