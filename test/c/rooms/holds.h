/* What must hold of the rules' own state after every call, whoever called: the simulator and the fuzz target
 * of the dispatcher ask. Thread: the rules'. */
#ifndef TEST_HOLDS_H
#define TEST_HOLDS_H

#include "rooms/rooms.h"

enum holds { HOLDS_ONE_ROOM, HOLDS_BANNED, HOLDS_KEYS, HOLDS_ROSTER, HOLDS_PICTURE };

struct broken {
    enum holds which;
    const char *how; /* NULL: all of it holds */
};
struct broken holds_look(const struct rooms *r);

#endif
