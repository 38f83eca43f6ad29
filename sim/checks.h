/* What must hold in every run, whatever fails around it. A run that breaks one of these prints its seed and
 * stops there, and a seed that does not make the same run twice fails too. world.c adds what it sees of every call of the rules, net and plane what they carry.
 *
 *    name      when                what */
#ifndef SIM_CHECKS_H
#define SIM_CHECKS_H

#include "sim.h"

#define INVARIANTS(X)                                                                                        \
    X(ROSTER, "forwarding set = roster: the media thread has those in rooms and nobody else")                \
    X(SPEECH, "heard is only who is in the same room, on stage and not muted")                               \
    X(ONE_ROOM, "one live room per account")                                                                 \
    X(BANNED, "not a packet and not a message to anybody who is out")                                        \
    X(KEYS, "key holders = roster: who is in the room is not shut out, who is not gets no key")              \
    X(ORDER, "messages come in an order that a client can follow")                                           \
    X(HONEST, "an honest key header is never taken for a malformed one")                                     \
    X(PICTURE, "with nothing on its way, a client sees the people, hands and stage that are there")          \
    X(TABLE, "with nothing on its way, a client has the room's key header and slots")                        \
    X(HALLWAY, "with nothing on its way, a client sees the rooms that are there for it")                     \
    X(DURABLE, "nothing is acknowledged before the store has it")                                            \
    X(LOG, "the member log that a client was told of is a beginning of the server's")                        \
    X(KEPT, "after a crash everything that was acknowledged is there")                                       \
    X(REST, "left alone, every room comes to rest with keys for all")                                        \
    X(HEARD, "left alone, everybody in a room hears whoever speaks there")                                   \
    X(EMPTY, "when everybody has gone nothing of them is left")                                              \
    X(MEMORY, "memory is bounded: after the evening a server needs what a fresh one does")     

enum invariant {
#define X(name, says) INVARIANT_##name,
    INVARIANTS(X)
#undef X
};

void sim_broken(const struct sim *s, enum invariant i, const char *how) __attribute__((noreturn));

void check_step(struct sim *s);  /* after every step */
void check_rest(struct sim *s);  /* after a while of peace */
void check_empty(struct sim *s); /* when everybody has gone */

/* What the server has of everybody, to be compared before and after a crash: docs/privacy.md has the list. */
struct hash check_kept(struct sim *s);
size_t check_memory(void); /* bytes that this process has taken */
/* Some event or report that there is, for people to act on. */
bool check_some_slip(struct sim *s, enum slip_kind kind, struct id *by, struct id *id);

#endif
