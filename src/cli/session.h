/* Private to cli/: options, the connection, who the console is, and what is said in the end. */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <jansson.h>

#include "base/bytes.h"
#include "base/id.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/keyfile.h"
#include "wire/record.h"

enum { CLI_ARGS = 2, CLI_NAME_TEXT = 64 };

struct session {
    /* options */
    const char *data, *name;
    const char *args[CLI_ARGS];
    size_t arg_count;
    unsigned long count, hours;
    bool json, subtree;

    /* the connection */
    int fd;
    char *in;
    size_t in_len, in_cap, in_used; /* in_used: of the line given last */
    json_int_t next_id;
    uint8_t nonce[32];
    char origin[LIMIT_URL_BYTES + 64];

    /* who the console is, after session_member */
    struct key_file key;
    char role[16];
    struct id founder; /* the club's fingerprint */

    json_t *result; /* what --json prints */
};

enum option {
    OPTION_COUNT = 1,
    OPTION_HOURS = 2,
    OPTION_NAME = 4,
    OPTION_SUBTREE = 8
}; /* beside --data and --json */

/* Reads the options; `usage` is what stands behind the command's name. 0, or the exit code to end with. */
MUST_CHECK int session_start(struct session *s, int argc, char **argv, const char *command, const char *usage,
                             size_t args_min, size_t args_max, unsigned options);
int session_end(struct session *s, int code); /* prints the result, closes, wipes; gives `code` back */

/* A line for people; nothing with --json. */
void session_say(const struct session *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The sentence that a command ends with when it could not be done; gives `code` back. */
int session_fail(struct session *s, int code, const char *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void session_add(struct session *s, const char *key, json_t *value); /* to the result; takes the reference */

MUST_CHECK int session_connect(struct session *s); /* to the server of the data folder */
MUST_CHECK int session_member(struct session *s);  /* and says hello with the console's key */
MUST_CHECK int session_hello(struct session *s,
                             json_t **reply); /* with the key in `s`, the reply may be an error */
/* Sends a request and waits for its reply. Takes the reference of `request` ({"do": ..., ...}); the caller
 * decrefs *reply, which is NULL when the result is not 0. */
MUST_CHECK int session_ask(struct session *s, json_t *request, json_t **reply);
/* The same without a word about errors: the reply may be one. */
MUST_CHECK int session_try(struct session *s, json_t *request, json_t **reply);
const char *reply_error_code(const json_t *reply); /* "" if it is none */

/* Signs a record as the console and has it appended; author, author_device and time are filled in here. *n:
 * its position. */
MUST_CHECK int session_append(struct session *s, struct record *rec, json_int_t *n);

json_t *json_b64(struct view v);
bool json_b64_exact(const json_t *text, uint8_t *out, size_t len);
uint64_t cli_now_ms(void);

#endif
