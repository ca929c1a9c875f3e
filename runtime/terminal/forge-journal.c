/* forge-journal: puts lines of forge's into the journal (journal.h), from a unit of their own. Each gets the field
 * FORGE_BY: whether root said it, or forge-tty, whom root does not trust. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const struct sockaddr_un JOURNAL = { AF_UNIX, "/run/systemd/journal/socket" };
static const char BY[] = "FORGE_BY", ROOT[] = "FORGE_BY=root\n", OTHER[] = "FORGE_BY=forge-tty\n";
enum { LISTENING = 3 /* systemd's first */ };

/* Values may hold such text: what an agent shows is in one. */
static bool has_field(const char *line, size_t length, const char *name)
{
	size_t size = strlen(name);
	const char *end = line + length, *at = line;

	while (at && (size_t)(end - at) >= size && memcmp(at, name, size) != 0) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	return at && (size_t)(end - at) >= size;
}

/* A line's length; 0 for what is none. */
static ssize_t receive(char *line, size_t size, uid_t *who)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control;
	struct iovec data = { line, size };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof control };
	ssize_t length = recvmsg(LISTENING, &message, MSG_CMSG_CLOEXEC);
	struct cmsghdr *sent = CMSG_FIRSTHDR(&message);
	struct ucred sender;

	if (length <= 0 || !sent || sent->cmsg_level != SOL_SOCKET || sent->cmsg_type != SCM_CREDENTIALS)
		return 0;
	memcpy(&sender, CMSG_DATA(sent), sizeof sender);
	*who = sender.uid;
	return has_field(line, (size_t)length, BY) ? 0 : length;
}

int main(void)
{
	static char line[16 * 1024];
	int journal = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (;;) {
		uid_t who = (uid_t)-1;
		ssize_t length = receive(line, sizeof line, &who);
		const char *by = who == 0 ? ROOT : OTHER;
		struct iovec parts[] = { { (char *)by, strlen(by) }, { line, (size_t)length } };
		struct msghdr message = { .msg_name = (void *)&JOURNAL,
					  .msg_namelen = sizeof JOURNAL,
					  .msg_iov = parts,
					  .msg_iovlen = 2 };

		if (length > 0)
			sendmsg(journal, &message, MSG_NOSIGNAL);
	}
}
