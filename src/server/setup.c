#include "server/setup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypt/sign.h"

enum { CHECK_BYTES = 4, LINE_BYTES = 512 };

void link_write(uint8_t out[LINK_BYTES], uint8_t kind, const uint8_t seed[32], struct id fingerprint)
{
    struct writer w = writer_init(out, LINK_BYTES);
    write_u8(&w, kind);
    write_bytes(&w, seed, 32);
    write_bytes(&w, fingerprint.bytes, ID_BYTES);
    struct hash check = hash_two("link", writer_view(&w), (struct view){0});
    write_bytes(&w, check.bytes, CHECK_BYTES);
}

/* Around stdio, whose buffer would keep the secret. */
static enum err print_link(const char *origin, const uint8_t seed[32])
{
    uint8_t link[LINK_BYTES];
    char payload[B64_LEN(LINK_BYTES) + 1], line[LINE_BYTES];
    link_write(link, LINK_FOUNDER, seed, (struct id){0});
    b64_encode(payload, sizeof payload, VIEW(link));
    int n = snprintf(line, sizeof line, "Founder link: %s/#%s\n", origin, payload);
    fflush(stdout);
    bool written = n > 0 && n < LINE_BYTES && write(STDOUT_FILENO, line, (size_t)n) == n;
    wipe(link, sizeof link);
    wipe(payload, sizeof payload);
    wipe(line, sizeof line);
    return written ? OK : ERR_SYSTEM;
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
