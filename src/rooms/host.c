/* What is decided about a room while it lives: who helps to moderate it, and what it is called. */
#include "rooms/state.h"

enum err title_check(struct view title)
{
    return title.len > LIMIT_TITLE_BYTES || text_check(title, 0, LIMIT_TITLE_CHARS) ? ERR_TITLE : OK;
}

void room_set_title(struct room *room, struct view title)
{
    room->title_len = title.len;
    if (title.len) memcpy(room->title, title.ptr, title.len);
}

enum err do_room_title(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = need_moderator(s);
    if (!e) e = title_check(c->create.title);
    if (e) return e;
    room_set_title(s->person->room, c->create.title);
    s->person->room->untitled = false;
    reply_ok(r, s, c);
    hall_touch(r, s->person->room);
    return OK;
}

/* Moderators are made by the opener, the founder and admins, and by nobody whom these made: the role is
 * given, never inherited and never passed on. Whoever has it may lay it down; the opener's is not a gift. */
static enum err check_role(const struct rooms *r, const struct sock *s, const struct command *c,
                           struct person **out)
{
    enum err e = need_moderator(s);
    if (e) return e;
    bool self = id_eq(c->role.account, s->member->account);
    if (!self && !person_hosts(s->person)) return ERR_FORBIDDEN;
    if (self && (c->role.moderator || s->member == s->person->room->opener)) return ERR_FORBIDDEN;
    e = self ? find_target(r, s, c->role.account, out) : find_inferior(r, s, c->role.account, out);
    return !e && ((*out)->role == ROLE_MODERATOR) == c->role.moderator ? ERR_STATE : e;
}

enum err do_room_role(struct rooms *r, struct sock *s, const struct command *c)
{
    struct person *p;
    enum err e = check_role(r, s, c, &p);
    if (e) return e;
    p->role = c->role.moderator ? ROLE_MODERATOR : p->on_stage ? ROLE_SPEAKER : ROLE_LISTENER;
    places_touch(p->room);
    reply_ok(r, s, c);
    if (p != s->person) tell_act(r, p, c->role.moderator ? ACT_MODERATOR : ACT_NO_MODERATOR, s->member);
    tell_person(r, p, NULL);
    return OK;
}
