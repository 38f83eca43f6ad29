/* A member who speaks the protocol over a WebSocket of a real server: the founder's link, an invitation,
 * hello. */
#ifndef TEST_MEMBER_H
#define TEST_MEMBER_H

#include "support.h"

#include "base/limits.h"
#include "wire/record.h"

enum { CHAIN_MAX = 3, TEXT_BYTES = 4096 };

struct member {
    uint8_t account_seed[32], device_seed[32];
    struct key account_key, device_key;
    struct id account, device;
    struct hash chain[CHAIN_MAX]; /* of each record from the founder's to one's own */
    size_t chain_len;
    int fd;
    uint8_t challenge[32];
};

/* The server of the current test. */
extern char folder[64], origin[80], host[64];
int folder_set_up(void **state); /* cmocka's */
int folder_tear_down(void **state);
extern struct child server;
extern struct member founder, guest;

uint64_t now(void);
void start(char *link, size_t cap);
const char *b64(struct view v);
void make_member(struct member *m);
void connect_member(struct member *m);
json_t *ask(struct member *m, const char *members);
void ask_ok(struct member *m, const char *members);
void ask_refused(struct member *m, const char *members, const char *code);
void sign_and_add(struct writer *w, const uint8_t seed[32], const char *purpose, struct view body);
const char *look_text(struct member *m, const uint8_t seed[32]);
const char *redeem_text(struct member *m, enum record_type type, const uint8_t seed[32], const char *name);
const char *invite_text(struct member *m, const uint8_t seed[32], struct hash *record_hash);
/* A record about somebody: role, ban, hold, deletion, ... */
const char *record_text(struct member *m, enum record_type type, struct id target, uint8_t role);
const char *hello_text(struct member *m);
void read_link(const char *line, uint8_t seed[32]);
void found_club(void);   /* starts the server; the founder has a session */
void invite_guest(void); /* by the founder; the guest, Tom, has a session */

#endif
