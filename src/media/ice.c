/* ICE-lite (RFC 8445 2.5) with consent (RFC 7675): who may talk to us from where. We send no checks of our
 * own; an authenticated one proves that its sender knows the peer's password, which was given to its member
 * alone. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/without.h"
#include "crypt/sign.h"
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

static void ufrag_key(const struct media_ice *ice, uint8_t key[LIMIT_OUR_UFRAG_BYTES])
{
    memset(key, 0, LIMIT_OUR_UFRAG_BYTES);
    memcpy(key, ice->ufrag, strlen(ice->ufrag));
}

static enum err expect(struct worker *w, const struct peer *p, struct media_ice *ice)
{
    uint8_t key[LIMIT_OUR_UFRAG_BYTES];
    uint32_t other;
    ice->ufrag[LIMIT_OUR_UFRAG_BYTES] = ice->pwd[LIMIT_PWD_BYTES] = ice->remote_ufrag[LIMIT_UFRAG_BYTES] = 0;
    if (!ice->ufrag[0] || !ice->pwd[0] || !ice->remote_ufrag[0]) return ERR_MALFORMED;
    ufrag_key(ice, key);
    if (map_get(&w->by_ufrag, key, &other)) return ERR_STATE; /* random names do not collide */
    return map_put(&w->by_ufrag, key, (uint32_t)(p - w->peers));
}

enum err ice_expect(struct worker *w, struct peer *p)
{
    return expect(w, p, &p->is.ice);
}

static void unexpect(struct worker *w, const struct peer *p, const struct media_ice *ice)
{
    uint8_t key[LIMIT_OUR_UFRAG_BYTES];
    uint32_t place;
    ufrag_key(ice, key);
    if (map_get(&w->by_ufrag, key, &place) && &w->peers[place] == p) map_remove(&w->by_ufrag, key);
}

static void end_renewal(struct peer *p)
{
    if (p->renewal) wipe(p->renewal, sizeof(*p->renewal));
    free(p->renewal);
    p->renewal = NULL;
}

void ice_renew(struct worker *w, struct peer *p, const struct media_ice *ice, uint64_t now)
{
    if (p->renewal) unexpect(w, p, &p->renewal->ice);
    end_renewal(p);
    p->renewal = malloc(sizeof(*p->renewal)); /* by command, not by packet, and few peers have one */
    enum err e = p->renewal ? OK : ERR_SYSTEM;
    if (!e) {
        *p->renewal = (struct renewal){*ice, now};
        e = expect(w, p, &p->renewal->ice);
    }
    if (e) {
        LOG_WARN("media", "no new path for a peer: %s", err_code(e)); /* its client joins again */
        end_renewal(p);
    }
}

/* The new credentials have proven themselves: the old ones are void from here on. */
static void adopt(struct worker *w, struct peer *p)
{
    unexpect(w, p, &p->is.ice);
    p->is.ice = p->renewal->ice;
    end_renewal(p);
}

static void unplace(struct worker *w, struct peer *p)
{
    if (!p->placed) return;
    struct address_key key = key_of(&p->address);
    map_remove(&w->by_address, &key);
    p->placed = false;
    room_moved(p);
}

/* Nothing goes to an address that has not agreed for so long (RFC 7675 5.1); who asked for a new path keeps
 * its place for as long again. */
bool ice_waits(struct worker *w, struct peer *p, uint64_t now)
{
    if (!p->renewal || now - p->renewal->since_ms >= LIMIT_CONSENT_MS) return false;
    unplace(w, p);
    return true;
}

void ice_forget(struct worker *w, struct peer *p)
{
    unexpect(w, p, &p->is.ice);
    if (p->renewal) unexpect(w, p, &p->renewal->ice);
    end_renewal(p);
    if (p->placed && p->address.stream) tcp_drop(w->tcp, p->address.stream);
    unplace(w, p);
}

/* "<ours>:<theirs>" (RFC 8445 7.2.2), to the byte. */
static bool is_name(const struct media_ice *ice, struct view username)
{
    uint8_t whole[LIMIT_OUR_UFRAG_BYTES + 1 + LIMIT_UFRAG_BYTES];
    struct writer expected = writer_init(whole, sizeof(whole));
    write_view(&expected, view_str(ice->ufrag));
    write_u8(&expected, ':');
    write_view(&expected, view_str(ice->remote_ufrag));
    return writer_end(&expected) == OK && view_eq(writer_view(&expected), username);
}

/* The peer whose user name this is, and by which of its credentials. */
static struct peer *addressee(struct worker *w, struct view username, const struct media_ice **ice)
{
    uint8_t key[LIMIT_OUR_UFRAG_BYTES] = {0};
    struct reader r = reader_init(username);
    size_t n = 0;
    for (uint8_t c; (c = read_u8(&r)) != ':'; key[n++] = c)
        if (r.err || n == sizeof(key)) return NULL;
    uint32_t place;
    if (!map_get(&w->by_ufrag, key, &place)) return NULL;

    struct peer *p = &w->peers[place];
    *ice = &p->is.ice;
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a worker has its peers from its first day */
    if (p->renewal && !is_name(*ice, username)) *ice = &p->renewal->ice;
    return is_name(*ice, username) ? p : NULL;
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
static void answer(struct worker *w, const char *our_pwd, const struct stun_message *m, int code,
                   const struct endpoint *from)
{
    struct writer out = writer_init(w->row->reserve(w->udp, 1), LIMIT_DATAGRAM_BYTES);
    struct view pwd = view_str(our_pwd);
    struct sockaddr_storage mapped = {0};
    memcpy(&mapped, &from->v6, sizeof(from->v6));
    enum err e = code ? stun_write_error(&out, m, code, pwd) : stun_write_success(&out, m, &mapped, pwd);
    if (e == OK && out.len <= m->whole.len) worker_send(w, out.ptr, out.len, from);
}

static bool proven(const struct media_ice *ice, const struct stun_message *m)
{
    if (without(WITHOUT_STUN_PASSWORD)) return true;
    return m->has_integrity && stun_check_integrity(m, view_str(ice->pwd)) == OK;
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
    const struct media_ice *ice;
    struct peer *p = addressee(w, m.username, &ice);
    if (!p || !proven(ice, &m) || !rate_allow(&p->checks, LIMIT_STUN_PER_S, now)) {
        (void)rate_allow(&prefix->failures, LIMIT_FAILURES_PER_S, now);
        COUNT(w, stun_refused); /* in silence: a stranger learns nothing, a spoofed address gets nothing */
        return;
    }
    int code = m.unknown_required ? UNKNOWN_ATTRIBUTE : m.controlled ? ROLE_CONFLICT : 0;
    if (code || !choose_address(w, p, &m, &d->from, now)) {
        COUNT(w, stun_refused);
        if (code) answer(w, ice->pwd, &m, code, &d->from);
        return;
    }
    p->consent_ms = now;
    if (d->from.stream) tcp_keep(w->tcp, d->from.stream, now);
    if (p->state == PEER_WAITING) {
        p->state = PEER_CHECKED;
        p->checked_ms = now;
        worker_wake_at(w, p, now + LIMIT_DTLS_MS);
    }
    answer(w, ice->pwd, &m, 0, &d->from);
    if (ice != &p->is.ice && m.use_candidate) adopt(w, p);
    COUNT(w, stun_answered);
}
