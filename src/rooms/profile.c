/* What people say of themselves: name, handle, pronouns, bio, picture. The name lives in the member, for it stands
 * everywhere; the rest is kept here. Others' profiles are read within a daily budget: budget.c. */
#include "rooms/officers.h"

#include <stdlib.h>

#include "base/log.h"
#include "crypt/sign.h"

struct profile {
    struct profile_info is;
    void *block; /* what its views point into */
};

struct profile_info member_profile(const struct member *m)
{
    struct profile_info p = m->profile ? m->profile->is : (struct profile_info){0};
    p.name = member_name(m);
    return p;
}

void profile_free(struct profile *p)
{
    if (!p) return;
    free(p->block);
    free(p);
}

static struct profile *profile_new(const struct profile_info *from)
{
    struct profile *p = calloc(1, sizeof(*p));
    if (!p) return NULL;
    p->is = *from;
    struct view *const views[] = {&p->is.name, &p->is.handle, &p->is.bio, &p->is.picture, &p->is.pronouns};
    if (views_keep(&p->block, views, 5) == OK) return p;
    free(p);
    return NULL;
}

/* ---- handles -------------------------------------------------------------------------------------- */

struct handle_key {
    uint8_t bytes[LIMIT_HANDLE_CHARS]; /* zeros behind the handle */
};

static struct handle_key handle_key(struct view handle)
{
    struct handle_key k = {0};
    if (handle.len) memcpy(k.bytes, handle.ptr, handle.len);
    return k;
}

static void handle_release(struct rooms *r, struct view handle)
{
    if (handle.len) map_remove(&r->by_handle, handle_key(handle).bytes);
}

static enum err handle_take(struct rooms *r, struct view handle)
{
    return handle.len ? map_put(&r->by_handle, handle_key(handle).bytes, 0) : OK;
}

static bool handle_free(const struct rooms *r, struct view handle)
{
    uint32_t none;
    return !map_get(&r->by_handle, handle_key(handle).bytes, &none);
}

/* ---- what may be written -------------------------------------------------------------------------- */

static enum err check_handle(struct view h)
{
    if (!h.len) return OK;
    if (h.len < 2 || h.len > LIMIT_HANDLE_CHARS) return ERR_HANDLE;
    for (size_t i = 0; i < h.len; i++) {
        uint8_t c = h.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_') return ERR_HANDLE;
    }
    return OK;
}

static bool starts_with(struct view v, size_t at, struct view magic)
{
    return v.len >= at + magic.len && memcmp(v.ptr + at, magic.ptr, magic.len) == 0;
}

/* By the first bytes: PNG (ISO 15948 5.2), JPEG (ITU T.81 B.1.1.3: SOI and a marker), WebP (RFC 9649 2.4).
 * What could carry a script, as SVG does, is none of these. */
static enum err check_picture(struct view p)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}, jpeg[] = {0xff, 0xd8, 0xff};
    if (!p.len) return OK;
    if (p.len > LIMIT_PICTURE_BYTES) return ERR_PICTURE;
    bool webp = starts_with(p, 0, view_str("RIFF")) && starts_with(p, 8, view_str("WEBP"));
    return webp || starts_with(p, 0, VIEW(png)) || starts_with(p, 0, VIEW(jpeg)) ? OK : ERR_PICTURE;
}

static enum err check_profile(const struct profile_info *p)
{
    if (p->name.len > LIMIT_NAME_BYTES || text_check(p->name, 1, LIMIT_NAME_CHARS)) return ERR_NAME;
    if (p->bio.len > LIMIT_BIO_BYTES || text_check(p->bio, 0, LIMIT_BIO_CHARS)) return ERR_BIO;
    if (p->pronouns.len > LIMIT_PRONOUNS_BYTES || text_check(p->pronouns, 0, LIMIT_PRONOUNS_CHARS))
        return ERR_PRONOUNS;
    enum err e = check_handle(p->handle);
    return e ? e : check_picture(p->picture);
}

/* ---- writing: nothing changes before it is stored -------------------------------------------------- */

enum err do_profile_set(struct rooms *r, struct sock *s, const struct command *c)
{
    struct profile_info is = member_profile(s->member), to = is;
    if (c->profile.name) to.name = c->profile.to.name;
    if (c->profile.handle) to.handle = c->profile.to.handle;
    if (c->profile.bio) to.bio = c->profile.to.bio;
    if (c->profile.pronouns) to.pronouns = c->profile.to.pronouns;
    if (c->profile.picture) to.picture = c->profile.to.picture;
    enum err e = check_profile(&to);
    if (e) return e;
    bool new_handle = !view_eq(is.handle, to.handle);
    if (new_handle && to.handle.len && !handle_free(r, to.handle)) return ERR_HANDLE_TAKEN;
    struct profile *profile = profile_new(&to);
    if (!profile) return ERR_SYSTEM;
    if (new_handle && handle_take(r, profile->is.handle)) {
        profile_free(profile);
        return ERR_SYSTEM;
    }
    r->pending = (struct pending){.active = true,
                                  .profile = profile,
                                  .member = s->member,
                                  .sock = s->name,
                                  .request = c->request,
                                  .n = r->log.size};
    struct effect store = {EFFECT_STORE_PROFILE,
                           {.profile = {r->pending.n, s->member->account, profile->is}}};
    r->config.effect(r->config.user, &store);
    return OK;
}

/* To oneself, on every device, and to those who see the name in a room. */
static void tell_name(struct rooms *r, const struct member *m)
{
    struct out out = {.kind = EVENT_PROFILE, .profile = {m->account, member_name(m)}};
    for (const struct sock *s = m->socks; s; s = s->next) send_out(r, s, out);
    if (!m->person) return;
    tell_room(r, m->person->room, out, m->person);
    hall_touch(r, m->person->room);
}

void profile_stored(struct rooms *r, enum err result)
{
    struct pending p = r->pending;
    struct sock *s = sock_find(r, p.sock);
    struct view old = member_profile(p.member).handle, new = p.profile->is.handle;
    r->pending = (struct pending){0};
    if (result) {
        LOG_WARN("rooms", "a profile was not changed: %s", err_code(result));
        if (!view_eq(old, new)) handle_release(r, new);
        if (s) reply_error(r, p.sock, p.request, ERR_STORE);
        profile_free(p.profile);
        return;
    }
    bool renamed = !view_eq(member_name(p.member), p.profile->is.name);
    if (!view_eq(old, new)) handle_release(r, old);
    profile_free(p.member->profile);
    p.member->profile = p.profile;
    member_set_name(p.member, p.profile->is.name);
    if (s) send_out(r, s, (struct out){.kind = REPLY_OK, .request = p.request});
    if (renamed) tell_name(r, p.member);
}

/* ---- reading --------------------------------------------------------------------------------------- */

enum err do_profile_read(struct rooms *r, struct sock *s, const struct command *c)
{
    if (c->chains.count > LIMIT_PROFILE_ACCOUNTS) return ERR_TOO_LARGE;
    struct member_profile *list = scratch_take(r, c->chains.count * sizeof(*list));
    if (!list) return ERR_SYSTEM;
    enum err e = lookups_charge(r, s->member, c->chains.accounts, c->chains.count);
    if (e) return e;
    size_t count = 0;
    for (size_t i = 0; i < c->chains.count; i++) {
        const struct member *m = log_member(&r->log, c->chains.accounts[i]);
        if (m && m->name_len) /* without a name: deleted */
            list[count++] = (struct member_profile){m->account, member_profile(m), m->role};
    }
    send_out(r, s, (struct out){.kind = REPLY_PROFILES, .request = c->request, .profiles = {list, count}});
    return OK;
}

/* ---- start and end -------------------------------------------------------------------------------- */

enum err rooms_replay_profile(struct rooms *r, struct id account, const struct profile_info *p)
{
    struct member *m = log_member(&r->log, account);
    if (!m) return ERR_UNKNOWN_ACCOUNT;
    enum err e = check_profile(p);
    if (e) return e;
    if (p->handle.len && !handle_free(r, p->handle)) return ERR_HANDLE_TAKEN;
    struct profile *profile = profile_new(p);
    if (!profile) return ERR_SYSTEM;
    e = handle_take(r, p->handle);
    if (e) {
        profile_free(profile);
        return e;
    }
    member_set_name(m, p->name);
    profile_free(m->profile);
    m->profile = profile;
    return OK;
}

void member_deinit(struct member *m)
{
    profile_free(m->profile);
    free(m->lookups);
    passkeys_free(m->passkeys);
    m->profile = NULL;
    m->lookups = NULL;
    m->passkeys = NULL;
}

void member_erase(struct rooms *r, struct member *m)
{
    handle_release(r, member_profile(m).handle);
    passkeys_erase(r, m);
    slips_erase(r, m);
    alerts_erase(r, m);
    member_deinit(m);
    wipe(m->name, sizeof(m->name));
    m->name_len = 0;
}
