#include "wire/link.h"

#include <stdio.h>

#include "crypt/sign.h"

static struct hash check_of(struct view before)
{
    return hash_two("link", before, (struct view){0});
}

void link_write(uint8_t out[LINK_BYTES], const struct link *l)
{
    struct writer w = writer_init(out, LINK_BYTES);
    write_u8(&w, (uint8_t)l->kind);
    write_bytes(&w, l->seed, sizeof(l->seed));
    write_bytes(&w, l->fingerprint.bytes, ID_BYTES);
    struct hash check = check_of(writer_view(&w));
    write_bytes(&w, check.bytes, LINK_CHECK_BYTES);
}

enum err link_parse(struct link *out, struct view bytes)
{
    uint8_t check[LINK_CHECK_BYTES];
    struct reader r = reader_init(bytes);
    uint8_t kind = read_u8(&r);
    read_bytes(&r, out->seed, sizeof(out->seed));
    read_bytes(&r, out->fingerprint.bytes, ID_BYTES);
    read_bytes(&r, check, sizeof(check));
    enum err e = reader_end(&r);
    if (e) return e;
    struct hash want = check_of((struct view){bytes.ptr, bytes.len - LINK_CHECK_BYTES});
    if (!equal_secret(check, want.bytes, sizeof(check))) return ERR_MALFORMED;
    if (kind < LINK_INVITE || kind > LINK_DEVICE) return ERR_UNSUPPORTED;
    out->kind = (enum link_kind)kind;
    return OK;
}

enum err link_url(char out[LINK_URL_BYTES], const char *origin, const struct link *l)
{
    uint8_t bytes[LINK_BYTES];
    char payload[B64_LEN(LINK_BYTES) + 1];
    link_write(bytes, l);
    b64_encode(payload, sizeof(payload), VIEW(bytes));
    int n = snprintf(out, LINK_URL_BYTES, "%s/#%s", origin, payload);
    wipe(bytes, sizeof(bytes));
    wipe(payload, sizeof(payload));
    return n > 0 && n < LINK_URL_BYTES ? OK : ERR_TOO_LARGE;
}
