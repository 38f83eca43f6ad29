/* ICE credentials: our half of them, for a join and for a new path to somebody who is in. */
#include <string.h>

#include "crypt/sign.h"
#include "rooms/state.h"

static const char ice_chars[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; /* RFC 8839 5.4 */
static_assert(sizeof(ice_chars) == 64 + 1, "six random bits a character");

enum err ice_check(const struct media_ice *ice)
{
    size_t len = strnlen(ice->remote_ufrag, sizeof(ice->remote_ufrag));
    if (len < 4 || len > LIMIT_UFRAG_BYTES) return ERR_MALFORMED; /* RFC 8839 5.4 */
    return strspn(ice->remote_ufrag, ice_chars) == len ? OK : ERR_MALFORMED;
}

enum err ice_draw(struct rooms *r, const struct media_ice *theirs, struct media_ice *out)
{
    uint8_t noise[LIMIT_OUR_UFRAG_BYTES + LIMIT_PWD_BYTES];
    enum err e = r->config.random(r->config.user, noise, sizeof(noise));
    if (e) return e;
    *out = *theirs;
    for (size_t i = 0; i < LIMIT_OUR_UFRAG_BYTES; i++) out->ufrag[i] = ice_chars[noise[i] & 63];
    for (size_t i = 0; i < LIMIT_PWD_BYTES; i++)
        out->pwd[i] = ice_chars[noise[LIMIT_OUR_UFRAG_BYTES + i] & 63];
    out->ufrag[LIMIT_OUR_UFRAG_BYTES] = out->pwd[LIMIT_PWD_BYTES] = 0;
    wipe(noise, sizeof(noise));
    return OK;
}

/* The network of somebody who is in has changed: new credentials for the connection that is there. Place,
 * role, keys and DTLS session stay, and nobody else is told. */
enum err do_room_path(struct rooms *r, struct sock *s, const struct command *c)
{
    const struct person *p = s->person; /* whoever has one has a connection */
    if (!p || !id_eq(p->room->id, c->path.room)) return ERR_NOT_IN_ROOM;
    struct media_ice *ice = scratch_take(r, sizeof(*ice));
    enum err e = ice ? ice_check(&c->path.ice) : ERR_SYSTEM;
    if (!e) e = ice_draw(r, &c->path.ice, ice);
    if (e) return e;
    tell_path(r, p, ice);
    struct out out = {.kind = REPLY_ROOM_PATH, .request = c->request, .path = {ice, p->peer}};
    send_out(r, s, out);
    return OK;
}
