/* `aparte trace RECORDING --release FILE --release FILE`: names the account that a recording came from. Exit
 * codes: 0 somebody is named, 1 not enough evidence, 2 wrong usage, 3 the recording, the releases or the
 * ledger cannot be used. Thread: main. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

#include <jansson.h>

/* The ledger of the room of two releases: src/cli/cli.h has it from a running server. */
typedef json_t *(*trace_fetch)(const char *data, const char *const releases[2], int *code);

int trace_main(int argc, char **argv,
               trace_fetch fetch); /* without the program's and the subcommand's name */

#endif
