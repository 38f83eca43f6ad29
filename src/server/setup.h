/* The founder's link: the one way into a club that has no member yet. Only who can read the server's console
 * gets it. */
#ifndef SERVER_SETUP_H
#define SERVER_SETUP_H

#include "rooms/rooms.h"
#include "store/store.h"

/* In an empty club: makes a new set-up key, stores its public half, prints "Founder link:
 * <origin>/#<payload>" on standard output and forgets the private half; an older link is void from then on.
 * Else nothing. */
MUST_CHECK enum err setup_offer(struct rooms *rooms, const struct store_row *row, struct store *store,
                                const char *origin);

#endif
