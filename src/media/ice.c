/* ICE-lite (RFC 8445 2.5) with consent (RFC 7675): who may talk to us from where. We send no checks of our
 * own; an authenticated one proves that its sender knows the peer's password, which was given to its member
 * alone. */
#include <string.h>

#include "media/peer.h"
#include "media/room.h"
#include "media/worker.h"
#include "wire/stun.h"

enum { ROLE_CONFLICT = 487, UNKNOWN_ATTRIBUTE = 420 };

static struct address_key key_of(const struct endpoint *a)
{
    struct address_key k = {.family = a->any.sa_family, .stream = a->stream};
    static_assert(sizeof(k) == 28, "no padding: the map compares bytes");
    if (a->any.sa_family == AF_INET6) {
        memcpy(k.ip, &a->v6.sin6_addr, sizeof(a->v6.sin6_addr));
        k.scope = a->v6.sin6_scope_id;
        k.port = a->v6.sin6_port;
    } else {
        memcpy(k.ip, &a->v4.sin_addr, sizeof(a->v4.sin_addr));
        k.port = a->v4.sin_port;
    }
    return k;
}

struct peer *ice_find(struct worker *w, const struct endpoint *from)
{
    struct address_key key = key_of(from);
    uint32_t place;
    return map_get(&w->by_address, &key, &place) ? &w->peers[place] : NULL;
}

/* ---- user names ---- */

static void ufrag_key(const struct peer *p, uint8_t key[LIMIT_UFRAG_BYTES])
{
    memset(key, 0, LIMIT_UFRAG_BYTES);
    memcpy(key, p->is.ufrag, strlen(p->is.ufrag));
}

enum err ice_expect(struct worker *w, struct peer *p)
{
    uint8_t key[LIMIT_UFRAG_BYTES];
    uint32_t other;
    ufrag_key(p, key);
    if (!p->is.ufrag[0] || !p->is.pwd[0] || !p->is.remote_ufrag[0]) return ERR_MALFORMED;
    if (map_get(&w->by_ufrag, key, &other)) return ERR_STATE; /* random names do not collide */
    return map_put(&w->by_ufrag, key, (uint32_t)(p - w->peers));
}

static void unplace(struct worker *w, struct peer *p)
{
    if (!p->placed) return;
    struct address_key key = key_of(&p->address);
    map_remove(&w->by_address, &key);
    p->placed = false;
    room_moved(p);
}

void ice_forget(struct worker *w, struct peer *p)
{
    uint8_t key[LIMIT_UFRAG_BYTES];
    uint32_t place;
    ufrag_key(p, key);
    if (map_get(&w->by_ufrag, key, &place) && &w->peers[place] == p) map_remove(&w->by_ufrag, key);
    if (p->placed && p->address.stream) tcp_drop(w->tcp, p->address.stream);
    unplace(w, p);
}

/* The peer whose user name this is, to the byte: "<ours>:<theirs>" (RFC 8445 7.2.2). */
static struct peer *addressee(struct worker *w, struct view username)
{
    uint8_t key[LIMIT_UFRAG_BYTES] = {0}, whole[2 * LIMIT_UFRAG_BYTES + 1];
    struct reader r = reader_init(username);
    size_t n = 0;
    for (uint8_t c; (c = read_u8(&r)) != ':'; key[n++] = c)
        if (r.err || n == sizeof(key)) return NULL;
    uint32_t place;
    if (!map_get(&w->by_ufrag, key, &place)) return NULL;

    struct peer *p = &w->peers[place];
    struct writer expected = writer_init(whole, sizeof(whole));
    write_view(&expected, view_str(p->is.ufrag));
    write_u8(&expected, ':');
    write_view(&expected, view_str(p->is.remote_ufrag));
    return writer_end(&expected) == OK && view_eq(writer_view(&expected), username) ? p : NULL;
}

/* ---- addresses ---- */

/* An address in use by somebody else is not given away: who could send a spoofed check would cut off a peer.
 */
static bool move_to(struct worker *w, struct peer *p, const struct endpoint *from, uint64_t now)
{
    struct peer *owner = ice_find(w, from);
    if (owner && owner != p) {
        if (now - owner->heard_ms < LIMIT_ADDRESS_MS) return false;
        unplace(w, owner);
    }
    unplace(w, p);
    struct address_key key = key_of(from);
    if (map_put(&w->by_address, &key, (uint32_t)(p - w->peers)) != OK) return false;
    p->address = *from;
    p->placed = true;
    p->heard_ms = now;
    room_moved(p);
    return true;
}

/* The first check chooses the address, one with USE-CANDIDATE moves it. A browser also checks spare
 * candidates: a plain check moves the address only if the present one has fallen silent. False: the check is
 * refused. */
static bool choose_address(struct worker *w, struct peer *p, const struct stun_message *m,
                           const struct endpoint *from, uint64_t now)
{
    if (ice_find(w, from) == p) {
        p->heard_ms = now;
        return true;
    }
    bool silent = now - p->heard_ms >= LIMIT_ADDRESS_MS;
    if (p->placed && !m->use_candidate && !silent) return true;
    return move_to(w, p, from, now);
}

/* ---- checks ---- */

/* Never more than what came: the sender of a check may not be who its address says. */
static void answer(struct worker *w, const struct peer *p, const struct stun_message *m, int code,
                   const struct endpoint *from)
{
    struct writer out = writer_init(w->row->reserve(w->udp, 1), LIMIT_DATAGRAM_BYTES);
    struct view pwd = view_str(p->is.pwd);
    struct sockaddr_storage mapped = {0};
    memcpy(&mapped, &from->v6, sizeof(from->v6));
    enum err e = code ? stun_write_error(&out, m, code, pwd) : stun_write_success(&out, m, &mapped, pwd);
    if (e == OK && out.len <= m->whole.len) worker_send(w, out.ptr, out.len, from);
}

void ice_on_stun(struct worker *w, const struct datagram *d, uint64_t now)
{
    struct stun_message m;
    if (stun_parse(&m, d->data) != OK) {
        COUNT(w, dropped_malformed);
        return;
    }
    if (m.type != STUN_BINDING_REQUEST) {
        COUNT(w, dropped_unknown);
        return;
    }
    struct prefix *prefix = prefix_of(w->prefixes, &d->from);
    bool known = ice_find(w, &d->from);
    if (!known && prefix->failures.used >= LIMIT_FAILURES_PER_S && prefix->failures.second == now / 1000) {
        COUNT(w, dropped_policed); /* before any of our keys does any work for it */
        return;
    }
    struct peer *p = addressee(w, m.username);
    if (!p || !m.has_integrity || stun_check_integrity(&m, view_str(p->is.pwd)) != OK ||
        !rate_allow(&p->checks, LIMIT_STUN_PER_S, now)) {
        (void)rate_allow(&prefix->failures, LIMIT_FAILURES_PER_S, now);
        COUNT(w, stun_refused); /* in silence: a stranger learns nothing, a spoofed address gets nothing */
        return;
    }
    int code = m.unknown_required ? UNKNOWN_ATTRIBUTE : m.controlled ? ROLE_CONFLICT : 0;
    if (code || !choose_address(w, p, &m, &d->from, now)) {
        COUNT(w, stun_refused);
        if (code) answer(w, p, &m, code, &d->from);
        return;
    }
    p->consent_ms = now;
    if (d->from.stream) tcp_keep(w->tcp, d->from.stream, now);
    if (p->state == PEER_WAITING) {
        p->state = PEER_CHECKED;
        p->checked_ms = now;
        worker_wake_at(w, p, now + LIMIT_DTLS_MS);
    }
    answer(w, p, &m, 0, &d->from);
    COUNT(w, stun_answered);
}
