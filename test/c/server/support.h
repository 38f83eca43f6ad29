/* Starts the real program with a folder of its own, and talks to it over plain sockets. */
#ifndef TEST_SUPPORT_H
#define TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/bytes.h"

#define WEB_PAGE "<!doctype html><title>A page</title>"

extern const char *program; /* path of aparte, from main's argv */

struct child {
    pid_t pid;
    int out, err; /* its standard output and error */
    int port;     /* of HTTP, read from its log */
};

/* A fresh folder with web/ (a page, a script with its .gz) and no data/ yet. */
void make_folder(char folder[64]);
void remove_folder(const char *folder);
void put_file(const char *folder, const char *name, const void *bytes, size_t len);
void file_path(char *out, size_t cap, const char *folder, const char *name);

/* `extra` ends with NULL. The child listens on a free port; its founder link goes to `link` if that is not
 * NULL. */
struct child start_server(const char *folder, const char *const *extra);
void read_line(int fd, char *line, size_t cap);
int stop_server(struct child *c); /* SIGTERM; exit code, or 128 + the signal that ended it */
int end_server(struct child *c, const char *folder); /* the same, and its folder goes with it */
/* Runs a subcommand to its end: exit code, and what it wrote on both streams. */
int run_program(const char *const *args, char *output, size_t cap);

/* Of the kernel; below 1 it has none, and a server is closed to nothing. */
long landlock_version(void);

int dial(int port);
/* Sends a request as it stands and reads until the peer closes. */
size_t exchange(int port, const char *request, size_t len, char *answer, size_t cap);
unsigned http_status(int port, const char *method, const char *path, const char *headers, char *answer,
                     size_t cap);

/* A WebSocket handshake; returns the status. 101: the socket is in *fd. NULL leaves a header out. */
unsigned ws_dial(int port, const char *path, const char *origin, const char *subprotocol, int *fd);
void ws_send(int fd, int opcode, bool final, const void *bytes, size_t len);
void ws_text(int fd, const char *text);
/* The next text message as JSON, answering pings; NULL when the server closed. */
json_t *ws_next(int fd);
extern char ws_reason[64];        /* what the last close frame that ws_next met gave as its reason */
json_t *ws_reply(int fd, int id); /* skips events */
json_t *ws_event(int fd, const char *name); /* skips what comes before it */
void ws_quiet(int fd); /* the server has read all that was sent, and said nothing to it */
const char *error_code(const json_t *message);

#endif
