/* `aparte trace RECORDING --session FILE`: names the account that a recording came from. Exit codes: 0
 * somebody is named, 1 not enough evidence, 2 wrong usage, 3 the recording or the session file cannot be
 * used. Thread: main. */
#ifndef TRACE_TRACE_H
#define TRACE_TRACE_H

int trace_main(int argc, char **argv); /* without the program's and the subcommand's name */

#endif
