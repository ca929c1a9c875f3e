/* forge-on-tty PROGRAM: runs PROGRAM on the terminal that systemd opened for it (OpenFile=, descriptor 3).
 *
 * Not systemd's own StandardInput=tty-force: it takes a terminal by force, even one that by now is another's, and
 * every command of the unit needs it, before there is one and after it is gone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TERMINAL = 3 };

/* Where the unit has the agent's terminal, as /dev/pts has those of its tools only. Programs find the name by it. */
static const char NAMED[] = "/dev/console";

/* systemd opened a path. Between that and the giving, the terminal may have ended and its number be another's. */
static int is_mine(void)
{
	struct stat its;

	if (fstat(TERMINAL, &its) < 0)
		return 0;
	errno = EPERM;
	return S_ISCHR(its.st_mode) && its.st_uid == getuid();
}

static void use_name(void)
{
	struct stat its, named;
	int fd = open(NAMED, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(TERMINAL, &its) == 0 && fstat(fd, &named) == 0 && its.st_rdev == named.st_rdev &&
	    its.st_dev == named.st_dev && dup2(fd, STDIN_FILENO) == STDIN_FILENO)
		dup2(fd, STDOUT_FILENO);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	if (!is_mine() || ioctl(TERMINAL, TIOCSCTTY, 0) < 0 || dup2(TERMINAL, STDIN_FILENO) < 0 ||
	    dup2(TERMINAL, STDOUT_FILENO) < 0) {
		fprintf(stderr, "TERMINAL_MISSING: %s\n  → journalctl --unit forge-terminals\n", strerror(errno));
		return 1;
	}
	use_name();
	close(TERMINAL);
	execv(argv[1], argv + 1);
	fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
	return 126;
}
