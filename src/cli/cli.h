/* The command line of the operator, over the local socket of a running server: the same rules and the same
 * log as in the browser. Each function is a subcommand: argv holds what follows its name. Every command says
 * what it did, or with
 * --json prints one JSON object; the exit code says the rest. Thread: main. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <jansson.h>

enum cli_exit {
    CLI_DONE = 0,
    CLI_REFUSED = 1, /* by the rules, or the server failed */
    CLI_USAGE = 2,
    CLI_NO_SERVER = 3, /* nothing answers in the data folder */
    CLI_NO_MEMBER = 4, /* the console has no key, or its key is nobody's any more */
};

int console_main(int argc, char **argv);
int members_main(int argc, char **argv);
int status_main(int argc, char **argv);
int invite_main(int argc, char **argv);
int invites_main(int argc, char **argv);
int revoke_main(int argc, char **argv);
int ban_main(int argc, char **argv);
int unban_main(int argc, char **argv);
int hold_main(int argc, char **argv);
int release_main(int argc, char **argv);
int role_main(int argc, char **argv);
int delete_main(int argc, char **argv);
int export_main(int argc, char **argv);

/* For `aparte trace`: what the ledger of the server of this data folder (NULL: as elsewhere) has of the room
 * of two releases, which are files, with these beside it and with everybody's chain. NULL: it said why;
 * `*code`. */
json_t *leak_fetch(const char *data, const char *const releases[2], int *code);

#endif
