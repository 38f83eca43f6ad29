/* Start-up: what the store holds becomes what the rules know. Thread: start-up. */
#ifndef SERVER_REPLAY_H
#define SERVER_REPLAY_H

#include "rooms/rooms.h"
#include "store/store.h"

/* For the row's replay; the rules verify what they are given, and its error is theirs. */
struct store_reader replay_into(struct rooms *r);

#endif
