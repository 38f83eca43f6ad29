/* A member of a club, as a client makes one: keys, a signed way in, leaves. See "Signed bytes" in
 * docs/protocol.md. */
#ifndef BENCH_MEMBER_H
#define BENCH_MEMBER_H

#include "client.h"
#include "socket.h"

enum { MEMBER_CHAIN = 2 * LIMIT_CHAIN_DEPTH + 1 };

struct club { /* where members go */
    struct sockaddr_in server;
    const char *origin;
};

struct member {
    uint8_t account_seed[32], device_seed[32];
    struct key account_key, device_key;
    struct id account, device;
    struct hash *chain; /* of every record from the founder's to one's own */
    size_t chain_len;
    bool founder;
    struct socket socket;
};

/* Makes the keys, connects from `self`, redeems the link's seed and says hello. `inviter` NULL: as the
 * founder. */
MUST_CHECK enum err member_enter(struct member *m, const struct club *club, in_addr_t self,
                                 const uint8_t seed[32], const struct member *inviter,
                                 const struct hash *invite);
/* Whoever is a member comes over another connection; the one before is closed. */
MUST_CHECK enum err member_return(struct member *m, const struct club *club, in_addr_t self);
/* One more invitation: its seed, and the hash of its record. */
MUST_CHECK enum err member_invite(struct member *m, uint8_t seed[32], struct hash *record);
MUST_CHECK enum err member_open_room(struct member *m, struct id *room);
MUST_CHECK enum err member_join(struct member *m, struct id room, const struct hash *fingerprint,
                                struct terms *terms);
/* Up to the stage, if one is not there yet, by the opener's hand; and the microphone on. */
MUST_CHECK enum err member_speak(struct member *m, struct member *opener);
/* A request with `do` alone, and one about somebody. */
MUST_CHECK enum err member_do(struct member *m, const char *what);
MUST_CHECK enum err member_do_to(struct member *m, const char *what, const struct member *whom);
MUST_CHECK enum err member_ban(struct member *m, const struct member *whom);
/* Out of the room that `host` opened, for the evening. */
MUST_CHECK enum err member_remove(struct member *m, const struct member *whom, struct id room,
                                  struct id host);
void member_leave(struct member *m);

#endif
