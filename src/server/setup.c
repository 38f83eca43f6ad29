#include "server/setup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypt/sign.h"
#include "wire/link.h"

/* Around stdio, whose buffer would keep the secret. */
static enum err print_link(const char *origin, const uint8_t seed[32])
{
    struct link link = {.kind = LINK_FOUNDER};
    char url[LINK_URL_BYTES], line[LINK_URL_BYTES + 32];
    memcpy(link.seed, seed, sizeof link.seed);
    enum err e = link_url(url, origin, &link);
    int n = snprintf(line, sizeof line, "Founder link: %s\n", url);
    fflush(stdout);
    if (!e && write(STDOUT_FILENO, line, (size_t)n) != n) e = ERR_SYSTEM;
    wipe(&link, sizeof link);
    wipe(url, sizeof url);
    wipe(line, sizeof line);
    return e;
}

enum err setup_offer(struct rooms *rooms, const struct store_row *row, struct store *store,
                     const char *origin)
{
    static const char key_name[] = "setup_key";
    uint8_t seed[32];
    struct key public;
    if (rooms_has_founder(rooms)) {
        enum err gone = row->remove(store, key_name); /* it has done its work */
        return gone == ERR_NOT_FOUND ? OK : gone;
    }
    enum err e = random_bytes(seed, sizeof seed);
    if (!e) e = sign_public(seed, &public);
    if (!e) e = row->put(store, key_name, VIEW(public.bytes));
    if (!e) {
        rooms_set_setup_key(rooms, &public);
        e = print_link(origin, seed);
    }
    wipe(seed, sizeof seed);
    return e;
}
