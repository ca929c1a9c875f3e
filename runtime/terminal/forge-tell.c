/* forge-tell: a line of forge's in the journal, from scripts. Its fields come on standard input. */
#include <stdio.h>

#include "journal.h"

int main(void)
{
	static char fields[8 * 1024];

	fields[fread(fields, 1, sizeof fields - 1, stdin)] = '\0';
	forge_tell(fields);
	return 0;
}
