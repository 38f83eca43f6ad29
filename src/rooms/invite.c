/* Visitors with a link, and what became of one's own links. */
#include "rooms/state.h"

#include "base/without.h"
#include "crypt/sign.h"

enum err check_look(const struct sock *s, const struct key *key, const uint8_t sig[SIG_BYTES])
{
    uint8_t body[512];
    struct writer w = writer_init(body, sizeof(body));
    enum err e = look_write_body(&w, (struct view){s->host, s->host_len}, s->nonce, key);
    if (!e) e = writer_end(&w);
    if (e || without(WITHOUT_LOOK_SIGNATURE)) return e;
    return sign_verify(key, "look", writer_view(&w), sig);
}

enum err do_look(struct rooms *r, struct sock *s, const struct command *c)
{
    enum err e = check_look(s, &c->look.invite, c->look.sig);
    if (e) return e; /* before anything is said about the invite */
    struct out out = {.kind = REPLY_LOOK, .request = c->request, .look = {.club = r->config.club_name}};
    if (r->has_setup && r->log.size == 0 && key_eq(r->setup, c->look.invite)) {
        out.look.founder = true;
    } else if (r->log.size && key_eq(r->log.founder_key, c->look.invite)) {
        return ERR_INVITE_USED;
    } else {
        const struct invite *i = log_invite(&r->log, &c->look.invite);
        e = i ? invite_usable(i, r->now_ms) : ERR_INVITE_UNKNOWN;
        if (e) return e;
        out.look.inviter = member_name(i->author);
        out.look.founder_account = r->log.members[0]->account;
    }
    send_out(r, s, out);
    return OK;
}

enum err do_invite_list(struct rooms *r, struct sock *s, const struct command *c)
{
    size_t count = 0;
    for (const struct invite *i = s->member->invites; i; i = i->next) count++;
    struct invite_info *list = scratch_take(r, count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    count = 0;
    for (const struct invite *i = s->member->invites; i; i = i->next) {
        struct invite_info *info = &list[count++];
        *info = (struct invite_info){
            .invite = i->key,
            .state = invite_state(i, r->now_ms),
            .time_ms = i->time_ms,
            .expires_ms = i->expires_ms,
        };
        if (!i->guest) continue;
        info->guest = i->guest->account;
        info->guest_name = member_name(i->guest);
    }
    uint32_t left = member_invites_left(s->member, r->now_ms);
    send_out(r, s,
             (struct out){.kind = REPLY_INVITES, .request = c->request, .invites = {list, count, left}});
    return OK;
}
