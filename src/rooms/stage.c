/* The stage: calls, muting, and who may act on whom. */
#include "rooms/state.h"

#include "base/without.h"

/* Nobody acts on a peer or a superior: the club's founder, its admins, who opened the room, its other
 * moderators, the others. */
int member_rank(const struct room *room, const struct member *m)
{
    if (m->role == CLUB_FOUNDER) return 5;
    if (m->role == CLUB_ADMIN) return 4;
    return m == room->opener ? 3 : 1;
}

int person_rank(const struct person *p)
{
    int rank = member_rank(p->room, p->member);
    return rank == 1 && p->role == ROLE_MODERATOR ? 2 : rank;
}

bool person_moderates(const struct person *p)
{
    return person_rank(p) >= 2 || without(WITHOUT_MODERATOR);
}

bool person_hosts(const struct person *p)
{
    return person_rank(p) >= 3;
}

enum err need_moderator(const struct sock *s)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    return person_moderates(s->person) ? OK : ERR_FORBIDDEN;
}

enum err find_target(const struct rooms *r, const struct sock *s, struct id account, struct person **out)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    const struct member *m = log_member(&r->log, account);
    if (!m || !m->person || m->person->room != s->person->room) return ERR_NOT_FOUND;
    *out = m->person;
    return OK;
}

enum err find_inferior(const struct rooms *r, const struct sock *s, struct id account, struct person **out)
{
    enum err e = need_moderator(s);
    if (!e) e = find_target(r, s, account, out);
    return !e && person_rank(*out) >= person_rank(s->person) ? ERR_FORBIDDEN : e;
}

static void set_muted(struct rooms *r, struct person *p, bool muted)
{
    if (p->muted == muted) return;
    p->muted = muted;
    tell_speak(r, p); /* before anybody is told: nothing is heard after "muted" */
    tell_person(r, p, NULL);
}

/* A sensitive room has no levels to choose by: there are only as many open microphones as slots, and all of them are
 * heard all the time. */
static bool may_open(const struct person *p)
{
    const struct room *room = p->room;
    int open = 0;
    static_assert(LIMIT_SLOTS == 4, "the sentence of ERR_MICS says so");
    if (!room->sensitive || !p->muted || without(WITHOUT_CONSTANT)) return true;
    for (uint32_t i = 0; i < room->count; i++) open += room->people[i]->on_stage && !room->people[i]->muted;
    return open < LIMIT_SLOTS;
}

enum err do_room_mute(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    if (!p) return ERR_NOT_IN_ROOM;
    if (!p->on_stage) return ERR_STATE;
    if (!c->flag.on && !may_open(p)) return ERR_MICS;
    reply_ok(r, s, c);
    set_muted(r, p, c->flag.on);
    return OK;
}

enum err do_room_mute_other(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    enum err e = find_inferior(r, s, c->person.account, &p);
    if (e) return e;
    if (!p->on_stage) return ERR_STATE;
    reply_ok(r, s, c);
    if (!p->muted) tell_act(r, p, ACT_MUTED, s->member);
    set_muted(r, p, true);
    return OK;
}

static enum err go_on_stage(struct rooms *r, struct sock *s, const struct command *c, struct person *p)
{
    if (p->room->stage_count >= LIMIT_STAGE) return ERR_STAGE_FULL;
    stage_enter(p);
    reply_ok(r, s, c);
    tell_person(r, p, NULL);
    hall_touch(r, p->room);
    return OK;
}

static void call(struct rooms *r, const struct person *by, struct person *p)
{
    p->called = true;
    p->called_ms = r->now_ms;
    struct out out = {.kind = EVENT_CALLED};
    out.called.room = p->room->id;
    out.called.by = by->member->account;
    out.called.by_name = member_name(by->member);
    if (p->sock) send_out(r, p->sock, out);
    tell_person(r, p, NULL);
}

/* Bringing somebody up is an offer, not an act against them: it knows no superiors. */
enum err do_room_bring(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    enum err e = need_moderator(s);
    if (!e) e = find_target(r, s, c->person.account, &p);
    if (e) return e;
    if (p->on_stage) return ERR_STATE;
    /* A hand is the wish to speak; oneself needs no asking. */
    if (p->hand_ms || p == s->person) return go_on_stage(r, s, c, p);
    if (p->room->stage_count >= LIMIT_STAGE) return ERR_STAGE_FULL;
    reply_ok(r, s, c);
    call(r, s->person, p);
    return OK;
}

enum err do_room_answer(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p = s->person;
    if (!p) return ERR_NOT_IN_ROOM;
    if (!p->called) return ERR_STATE;
    if (c->flag.on) return go_on_stage(r, s, c, p);
    p->called = false;
    reply_ok(r, s, c);
    tell_person(r, p, NULL);
    return OK;
}

enum err do_room_send_back(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    bool self = s->person && id_eq(c->person.account, s->member->account);
    enum err e = self ? find_target(r, s, c->person.account, &p) : find_inferior(r, s, c->person.account, &p);
    if (e) return e;
    if (!p->on_stage) return ERR_STATE;
    stage_exit(r, p);
    reply_ok(r, s, c);
    if (!self) tell_act(r, p, ACT_SENT_BACK, s->member);
    tell_person(r, p, NULL);
    hall_touch(r, p->room);
    room_end_if_empty(r, p->room);
    return OK;
}

enum err do_room_end(struct rooms *r, struct sock *s, const struct command *c)
{
    if (!s->person) return ERR_NOT_IN_ROOM;
    if (!person_hosts(s->person)) return ERR_FORBIDDEN; /* whoever was made a moderator did not open it */
    reply_ok(r, s, c);
    room_end(r, s->person->room, member_name(s->member));
    return OK;
}
