#include "member.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "crypt/sign.h"
#include "port.h"
#include "target.h"
#include "wire/record.h"

enum { TEXT_BYTES = B64_LEN(LIMIT_RECORD_BYTES) + 1, DAY_MS = 86400000 };

static uint64_t now_ms(void)
{
    return wall_ns() / 1000000;
}

static json_t *b64(struct view v)
{
    char text[TEXT_BYTES];
    return b64_encode(text, sizeof(text), v) ? json_string(text) : NULL;
}

static enum err done(json_t *reply)
{
    json_decref(reply);
    return reply ? OK : ERR_FORBIDDEN;
}

static bool take_bytes(const json_t *object, const char *name, uint8_t *out, size_t n)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s && b64_decode_exact(out, n, s, strlen(s)) == OK;
}

static enum err sign_and_add(struct writer *w, const uint8_t seed[32], const char *purpose, struct view body)
{
    uint8_t sig[SIG_BYTES];
    enum err e = sign_make(seed, purpose, body, sig);
    write_bytes(w, sig, sizeof(sig));
    return e ? e : writer_end(w);
}

/* ---- the way in ---- */

static enum err make_keys(struct member *m)
{
    enum err e = random_bytes(m->account_seed, 32);
    if (!e) e = random_bytes(m->device_seed, 32);
    if (!e) e = sign_public(m->account_seed, &m->account_key);
    if (!e) e = sign_public(m->device_seed, &m->device_key);
    m->account = id_of_key("account", &m->account_key);
    m->device = id_of_key("device", &m->device_key);
    return e;
}

static enum err extend_chain(struct member *m, const struct member *inviter, const struct hash *invite,
                             struct hash own)
{
    size_t before = inviter ? inviter->chain_len : 0;
    m->chain = calloc(before + 2, sizeof(*m->chain));
    if (!m->chain) return ERR_SYSTEM;
    if (before + 2 > MEMBER_CHAIN) return ERR_FULL;
    for (size_t i = 0; i < before; i++) m->chain[m->chain_len++] = inviter->chain[i];
    if (inviter) m->chain[m->chain_len++] = *invite;
    m->chain[m->chain_len++] = own;
    return OK;
}

static enum err redeem(struct member *m, const uint8_t seed[32], const struct member *inviter,
                       const struct hash *invite)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct record r = {.type = inviter ? RECORD_REDEEM : RECORD_FOUNDER,
                       .time_ms = now_ms(),
                       .account_key = m->account_key,
                       .device_key = m->device_key};
    struct writer w = writer_init(bytes, sizeof(bytes));
    enum err e = sign_public(seed, &r.one_time_key);
    if (!e) e = record_write_body(&w, &r);
    struct view body = writer_view(&w);
    const char *purpose = record_purpose(r.type);
    if (!e) e = sign_and_add(&w, seed, purpose, body);
    if (!e) e = sign_and_add(&w, m->account_seed, purpose, body);
    if (!e) e = sign_and_add(&w, m->device_seed, purpose, body);
    if (!e) e = extend_chain(m, inviter, invite, hash_raw(writer_view(&w)));
    if (e) return e;
    return done(socket_ask(&m->socket, json_pack("{s:s,s:s,s:o}", "do", "invite.redeem", "name", "Load",
                                                 "record", b64(writer_view(&w)))));
}

static enum err hello(struct member *m, const struct club *club, const uint8_t challenge[32])
{
    static const struct hash ZERO;
    uint8_t body[256], sig[SIG_BYTES];
    struct writer w = writer_init(body, sizeof(body));
    const char *host = strstr(club->origin, "://") + 3;
    enum err e = hello_write_body(&w, view_str(host), challenge, m->account, m->device);
    if (!e) e = sign_make(m->device_seed, "hello", writer_view(&w), sig);
    if (e) return e;
    return done(socket_ask(&m->socket,
                           json_pack("{s:s,s:o,s:o,s:o,s:{s:i,s:o}}", "do", "hello", "account",
                                     b64(VIEW(m->account.bytes)), "device", b64(VIEW(m->device.bytes)), "sig",
                                     b64(VIEW(sig)), "log", "size", 0, "head", b64(VIEW(ZERO.bytes)))));
}

static enum err connect_from(struct member *m, const struct club *club, in_addr_t self, uint8_t challenge[32])
{
    enum err e = socket_open(&m->socket, self, &club->server, club->origin);
    if (e) return e;
    json_t *c = socket_event(&m->socket, "challenge");
    if (!take_bytes(c, "nonce", challenge, 32)) e = ERR_MALFORMED;
    json_decref(c);
    return e;
}

enum err member_enter(struct member *m, const struct club *club, in_addr_t self, const uint8_t seed[32],
                      const struct member *inviter, const struct hash *invite)
{
    uint8_t challenge[32];
    *m = (struct member){.founder = !inviter, .socket = {.fd = -1, .quiet = m->socket.quiet}};
    enum err e = make_keys(m);
    if (!e) e = connect_from(m, club, self, challenge);
    if (!e) e = redeem(m, seed, inviter, invite);
    return e ? e : hello(m, club, challenge);
}

enum err member_return(struct member *m, const struct club *club, in_addr_t self)
{
    uint8_t challenge[32];
    socket_close(&m->socket);
    enum err e = connect_from(m, club, self, challenge);
    return e ? e : hello(m, club, challenge);
}

void member_leave(struct member *m)
{
    socket_close(&m->socket);
    free(m->chain);
    bool quiet = m->socket.quiet;
    wipe(m, sizeof(*m));
    m->socket = (struct socket){.fd = -1, .quiet = quiet};
}

/* Signed by the device that it says it is by. */
static enum err write_record(const struct member *m, struct record *r, struct writer *w)
{
    r->author = m->account;
    r->author_device = m->device;
    r->time_ms = now_ms();
    enum err e = record_write_body(w, r);
    return e ? e : sign_and_add(w, m->device_seed, record_purpose(r->type), writer_view(w));
}

static enum err send_record(struct member *m, const char *request, struct record *r, struct hash *hash)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct writer w = writer_init(bytes, sizeof(bytes));
    enum err e = write_record(m, r, &w);
    if (e) return e;
    if (hash) *hash = hash_raw(writer_view(&w));
    return done(
        socket_ask(&m->socket, json_pack("{s:s,s:o}", "do", request, "record", b64(writer_view(&w)))));
}

enum err member_invite(struct member *m, uint8_t seed[32], struct hash *record)
{
    struct record r = {.type = RECORD_INVITE, .expires_ms = now_ms() + DAY_MS};
    enum err e = random_bytes(seed, 32);
    if (!e) e = sign_public(seed, &r.one_time_key);
    return e ? e : send_record(m, "log.append", &r, record);
}

enum err member_ban(struct member *m, const struct member *whom)
{
    struct record r = {.type = RECORD_BAN, .target = whom->account};
    return send_record(m, "log.append", &r, NULL);
}

enum err member_remove(struct member *m, const struct member *whom, struct id room, struct id host)
{
    struct record r = {
        .type = RECORD_ROOM_BAN, .target = whom->account, .host = host, .room = room, .scope = SCOPE_EVENING};
    return send_record(m, "room.remove", &r, NULL);
}

/* ---- rooms ---- */

enum err member_open_room(struct member *m, struct id *room)
{
    json_t *r =
        socket_ask(&m->socket, json_pack("{s:s,s:s,s:s}", "do", "room.open", "title", "", "who", "everyone"));
    bool ok = take_bytes(r, "room", room->bytes, ID_BYTES);
    json_decref(r);
    return ok ? OK : ERR_FORBIDDEN;
}

static enum err make_leaf(const struct member *m, struct id room, struct writer *w)
{
    struct leaf leaf = {.suite = 1,
                        .room = room,
                        .account = m->account,
                        .device = m->device,
                        .role = m->founder ? 1 : 3,
                        .time_ms = now_ms()};
    struct view chain = {(const uint8_t *)m->chain, m->chain_len * sizeof(*m->chain)};
    leaf.chain = hash_two("chain", chain, (struct view){0});
    enum err e = random_bytes(leaf.hpke_key, sizeof(leaf.hpke_key));
    if (!e) e = random_bytes(leaf.join, sizeof(leaf.join));
    if (!e) e = leaf_write_body(w, &leaf);
    return e ? e : sign_and_add(w, m->device_seed, "leaf", writer_view(w));
}

static bool copy_text(const json_t *object, const char *name, char out[CLIENT_SECRET_BYTES])
{
    const char *s = json_string_value(json_object_get(object, name));
    return s && (size_t)snprintf(out, CLIENT_SECRET_BYTES, "%s", s) < CLIENT_SECRET_BYTES;
}

static bool read_terms(const json_t *reply, struct terms *t)
{
    const json_t *media = json_object_get(reply, "media");
    const json_t *first = json_array_get(json_object_get(media, "candidates"), 0);
    const char *address = json_string_value(json_object_get(first, "address"));
    json_int_t port = json_integer_value(json_object_get(first, "port"));
    t->server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    return address && inet_pton(AF_INET, address, &t->server.sin_addr) == 1 &&
           copy_text(media, "ufrag", t->server_ufrag) && copy_text(media, "pwd", t->server_pwd) &&
           take_bytes(media, "fingerprint", t->server_fingerprint.bytes, HASH_BYTES);
}

enum err member_join(struct member *m, struct id room, const struct hash *fingerprint, struct terms *t)
{
    uint8_t bytes[LIMIT_LEAF_BYTES];
    struct writer leaf = writer_init(bytes, sizeof(bytes));
    enum err e = make_leaf(m, room, &leaf);
    if (e) return e;
    json_t *media = json_pack("{s:s,s:o,s:i,s:i,s:[I,I]}", "ufrag", t->ufrag, "fingerprint",
                              b64(VIEW(fingerprint->bytes)), "pt", t->payload_type, "level", t->level_ext,
                              "ssrc", (json_int_t)t->ssrc[0], (json_int_t)t->ssrc[1]);
    json_t *r = socket_ask(&m->socket,
                           json_pack("{s:s,s:o,s:o,s:o}", "do", "room.join", "room", b64(VIEW(room.bytes)),
                                     "leaf", b64(writer_view(&leaf)), "media", media));
    bool ok = r && read_terms(r, t);
    json_decref(r);
    return ok ? OK : ERR_FORBIDDEN;
}

enum err member_do(struct member *m, const char *what)
{
    return done(socket_ask(&m->socket, json_pack("{s:s}", "do", what)));
}

enum err member_do_to(struct member *m, const char *what, const struct member *whom)
{
    return done(socket_ask(&m->socket,
                           json_pack("{s:s,s:o}", "do", what, "account", b64(VIEW(whom->account.bytes)))));
}

enum err member_speak(struct member *m, struct member *opener)
{
    if (m != opener) {
        enum err e = done(socket_ask(&m->socket, json_pack("{s:s,s:b}", "do", "room.hand", "up", 1)));
        if (!e) e = member_do_to(opener, "room.bring", m);
        if (e) return e;
    }
    return done(socket_ask(&m->socket, json_pack("{s:s,s:b}", "do", "room.mute", "muted", 0)));
}
