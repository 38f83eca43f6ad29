/* Effects, and the memory they point into. */
#include "rooms/state.h"

#include <stdlib.h>

#include "base/log.h"
#include "crypt/sign.h"

enum { SCRATCH_BYTES = 1 << 16 };

struct scratch {
    struct scratch *next;
    size_t cap, used;
    _Alignas(16) uint8_t bytes[];
};

void *scratch_take(struct rooms *r, size_t n)
{
    n = (n + 15) & ~(size_t)15;
    struct scratch *s = r->scratch;
    if (!s || s->cap - s->used < n) {
        size_t cap = n > SCRATCH_BYTES ? n : SCRATCH_BYTES;
        s = malloc(sizeof(*s) + cap);
        if (!s) {
            LOG_ERROR("rooms", "no memory for an effect");
            return NULL;
        }
        *s = (struct scratch){.next = r->scratch, .cap = cap};
        r->scratch = s;
    }
    void *p = &s->bytes[s->used];
    s->used += n;
    memset(p, 0, n);
    return p;
}

/* What was in it held passwords and codeword seeds on their way to the media plane. */
static void free_scratch(struct rooms *r, bool keep_one)
{
    while (r->scratch && (!keep_one || r->scratch->next || r->scratch->cap > SCRATCH_BYTES)) {
        struct scratch *s = r->scratch;
        r->scratch = s->next;
        wipe(s->bytes, s->used);
        free(s);
    }
    if (!r->scratch) return;
    wipe(r->scratch->bytes, r->scratch->used);
    r->scratch->used = 0;
}

static void free_dead(struct rooms *r)
{
    while (r->dead_people) {
        struct person *p = r->dead_people;
        r->dead_people = p->dead;
        person_free(p);
    }
    while (r->dead_rooms) {
        struct room *room = r->dead_rooms;
        r->dead_rooms = room->dead;
        room_free(room);
    }
}

void scratch_reset(struct rooms *r)
{
    free_scratch(r, true);
    free_dead(r);
}

void scratch_free(struct rooms *r)
{
    free_scratch(r, false);
    free_dead(r);
}

static void emit(struct rooms *r, struct effect e)
{
    r->config.effect(r->config.user, &e);
}

void send_out(struct rooms *r, const struct sock *s, struct out out)
{
    out.sock = s->name;
    emit(r, (struct effect){EFFECT_SEND, {.send = out}});
}

void reply_ok(struct rooms *r, const struct sock *s, const struct command *c)
{
    send_out(r, s, (struct out){.kind = REPLY_OK, .request = c->request});
}

void reply_error(struct rooms *r, sock_name sock, uint32_t request, enum err e)
{
    struct out out = {.kind = REPLY_ERROR, .sock = sock, .request = request, .error = {e, r->retry_after_ms}};
    emit(r, (struct effect){EFFECT_SEND, {.send = out}});
}

void send_many(struct rooms *r, const sock_name *socks, size_t count, struct out out)
{
    if (count) emit(r, (struct effect){EFFECT_TELL, {.tell = {out, socks, count}}});
}

void tell_room(struct rooms *r, const struct room *room, struct out out, const struct person *except)
{
    size_t count = 0;
    sock_name *socks = scratch_take(r, room->count * sizeof(*socks));
    for (uint32_t i = 0; i < room->count; i++) {
        const struct person *p = room->people[i];
        if (p == except || !p->sock) continue;
        if (socks)
            socks[count++] = p->sock->name;
        else /* no memory for the list: one by one, nobody is left out */
            send_out(r, p->sock, out);
    }
    send_many(r, socks, count, out);
}

struct person_info person_info(const struct person *p)
{
    return (struct person_info){
        .account = p->member->account,
        .device = p->device->id,
        .name = member_name(p->member),
        .leaf = {p->leaf, p->leaf_len},
        .club_role = p->member->role,
        .role = p->role,
        .on_stage = p->on_stage,
        .muted = p->muted,
        .away = !p->sock,
        .keyed = p->keyed,
        .called = p->called,
        .silent = p->silent,
        .hand_ms = p->hand_ms,
        .order = p->order,
        .slot = p->slot,
    };
}

void tell_person(struct rooms *r, const struct person *p, const struct person *except)
{
    struct person_info *info = scratch_take(r, sizeof(*info));
    if (!info) return;
    *info = person_info(p);
    news_flush(r, p->room);
    tell_room(r, p->room, (struct out){.kind = EVENT_PERSON, .person = {p->room->id, info}}, except);
}

static void tell_media(struct rooms *r, enum effect_kind kind, struct media_command m)
{
    emit(r, (struct effect){kind, {.media = m}});
}

void tell_act(struct rooms *r, const struct person *p, enum room_act act, const struct member *by)
{
    struct out out = {.kind = EVENT_ACT};
    out.act.room = p->room->id;
    out.act.by = by->account;
    out.act.by_name = member_name(by);
    out.act.act = act;
    if (p->sock) send_out(r, p->sock, out);
}

void tell_speak(struct rooms *r, struct person *p)
{
    bool may = p->on_stage && !p->muted;
    if (!p->peer || may == p->may_speak) return;
    p->may_speak = may;
    tell_media(r, EFFECT_MEDIA, (struct media_command){MEDIA_PEER_SPEAK, p->peer, {.speak = may}});
}

void tell_path(struct rooms *r, const struct person *p, const struct media_ice *ice)
{
    tell_media(r, EFFECT_MEDIA, (struct media_command){MEDIA_PEER_PATH, p->peer, {.path = *ice}});
}

void tell_drop(struct rooms *r, struct person *p, bool already_down)
{
    struct media_command drop = {.kind = MEDIA_PEER_DROP, .peer = p->peer};
    p->may_speak = false;
    if (!p->peer) return; /* gone before the person */
    map_remove(&r->by_peer, &p->peer);
    p->peer = 0;
    if (!already_down) tell_media(r, EFFECT_MEDIA, drop);
    tell_media(r, EFFECT_RELEASE, drop);
}
