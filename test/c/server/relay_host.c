/* The rules of rooms/ behind standard input and output: one JSON line in is one call, the lines out are its
 * effects in order, the last of them {"done": ...}. No sockets, no clock: the model test of web/test drives the real
 * relay with them, and the same seed gives the same run.
 *
 *   {"record": b64, "head": b64}          a record of the member log, as at start-up
 *   {"now": ms, "sock": n, "open": host}  {"now": ms, "sock": n, "close": true}
 *   {"now": ms, "sock": n, "text": "..."} {"now": ms}: a tick
 *   {"sock": n, "text": {...}}  {"sock": n, "closed": code}  {"done": {"error": code, "forwarding": [sock, ...]}}
 *
 * forwarding: through which sockets those came whom the media plane has. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypt/sign.h"
#include "server/api.h"
#include "server/effects.h"

enum { PEERS = 1 << 16 };

struct host {
    struct rooms *rooms;
    struct json json;
    uint64_t now, records;
    peer_name next_peer;
    sock_name owner[PEERS]; /* of a peer: through which socket it came */
    bool added[PEERS];
    bool stored; /* a change waits for the store, which always agrees */
    uint64_t stored_n;
};

static void print_text(sock_name sock, const struct json *j)
{
    printf("{\"sock\":%u,\"text\":%.*s}\n", sock, (int)j->len, j->text);
}

static void encode(struct host *h, const struct out *o)
{
    struct media_place place = {.at = {{.address = "127.0.0.1"}}, .port = 1};
    if (effects_encode(&h->json, o, &place)) abort();
}

static void on_media(struct host *h, const struct media_command *m)
{
    if (m->kind == MEDIA_PEER_ADD) h->added[m->peer] = true;
    if (m->kind == MEDIA_PEER_DROP) h->added[m->peer] = false;
}

static void on_effect(void *user, const struct effect *e)
{
    struct host *h = user;
    switch (e->kind) {
    case EFFECT_SEND:
        if (e->send.kind == REPLY_ROOM_JOIN) h->owner[e->send.join.peer] = e->send.sock;
        encode(h, &e->send);
        print_text(e->send.sock, &h->json);
        break;
    case EFFECT_TELL:
        encode(h, &e->tell.out);
        for (size_t i = 0; i < e->tell.count; i++) print_text(e->tell.socks[i], &h->json);
        break;
    case EFFECT_CLOSE:
        printf("{\"sock\":%u,\"closed\":\"%s\"}\n", e->close.sock, err_code(e->close.why));
        break;
    case EFFECT_STORE:
    case EFFECT_STORE_PROFILE:
    case EFFECT_STORE_PASSKEYS:
    case EFFECT_STORE_SLIP:
    case EFFECT_STORE_LOOKUPS:
        h->stored = true;
        h->stored_n = e->store.n; /* the first member of all of them */
        break;
    case EFFECT_MEDIA:
        on_media(h, &e->media);
        break;
    case EFFECT_STORE_ROOMS:  /* and nothing is ever started again */
    case EFFECT_STORE_ALERTS:
    case EFFECT_STORE_LEDGER: /* rooms are not traced here */
    case EFFECT_RELEASE:
        break;
    }
}

static enum err apply(struct host *h, const struct command *c)
{
    enum err e = rooms_apply(h->rooms, c, h->now);
    while (h->stored) {
        h->stored = false;
        rooms_on_stored(h->rooms, h->stored_n, OK, h->now);
        if (e == ERR_BUSY) e = rooms_apply(h->rooms, c, h->now);
    }
    return e;
}

static enum err on_text(struct host *h, sock_name sock, const char *text)
{
    struct request *r;
    enum err e = api_decode(&r, view_str(text));
    if (e && r && r->id) {
        struct out o = {.kind = REPLY_ERROR, .sock = sock, .request = r->id, .error = {.err = e}};
        encode(h, &o);
        print_text(sock, &h->json);
    } else if (!e) {
        r->command.sock = sock;
        e = apply(h, &r->command);
    }
    api_free(r);
    return e;
}

static enum err on_record(struct host *h, json_t *line)
{
    uint8_t bytes[LIMIT_RECORD_BYTES];
    struct hash head;
    size_t len;
    const char *record = json_string_value(json_object_get(line, "record"));
    const char *text = json_string_value(json_object_get(line, "head"));
    if (!text) return ERR_MALFORMED;
    enum err e = b64_decode(bytes, sizeof(bytes), &len, record, strlen(record));
    if (!e) e = b64_decode_exact(head.bytes, HASH_BYTES, text, strlen(text));
    if (!e) e = rooms_replay(h->rooms, h->records, (struct view){bytes, len}, head);
    h->records += !e;
    return e;
}

static enum err on_line(struct host *h, json_t *line)
{
    json_t *now = json_object_get(line, "now");
    const char *host = json_string_value(json_object_get(line, "open"));
    const char *text = json_string_value(json_object_get(line, "text"));
    struct command c = {.sock = (sock_name)json_integer_value(json_object_get(line, "sock"))};
    if (now) h->now = (uint64_t)json_integer_value(now);
    if (json_object_get(line, "record")) return on_record(h, line);
    if (text) return on_text(h, c.sock, text);
    if (!c.sock) {
        rooms_tick(h->rooms, h->now);
        return OK;
    }
    c.kind = host ? COMMAND_SOCKET_OPEN : COMMAND_SOCKET_CLOSED;
    if (host) c.open.host = view_str(host);
    return apply(h, &c);
}

static void count_person(void *user, struct id room, peer_name peer, bool may_speak)
{
    (void)room, (void)may_speak;
    bool *listed = user;
    listed[peer] = true;
}

/* The media plane's own list, which must be the roster's: a difference is a bug of the rules. */
static void print_done(struct host *h, enum err e)
{
    static bool listed[PEERS];
    const char *comma = "";
    memset(listed, 0, sizeof(listed));
    rooms_each_person(h->rooms, count_person, listed);
    printf("{\"done\":{\"error\":\"%s\",\"forwarding\":[", err_code(e));
    for (peer_name i = 1; i < h->next_peer; i++) {
        if (h->added[i] != listed[i]) abort();
        if (!h->added[i]) continue;
        printf("%s%u", comma, h->owner[i]);
        comma = ",";
    }
    printf("]}}\n");
    fflush(stdout);
}

static enum err draw(void *user, uint8_t *out, size_t n)
{
    (void)user;
    return random_bytes(out, n);
}

static peer_name reserve(void *user, struct id room)
{
    struct host *h = user;
    (void)room;
    return h->next_peer < PEERS ? h->next_peer++ : 0;
}

int main(void)
{
    static struct host h = {.next_peer = 1};
    struct rooms_config config = {
        .club_name = view_str("Club"), .effect = on_effect, .random = draw, .peer_name = reserve, .user = &h};
    char *line = NULL;
    size_t cap = 0;
    json_init(&h.json);
    if (rooms_new(&h.rooms, &config)) return 1;
    while (getline(&line, &cap, stdin) > 0) {
        json_t *root = json_loads(line, 0, NULL);
        if (!root) return 1;
        print_done(&h, on_line(&h, root));
        json_decref(root);
    }
    free(line);
    json_deinit(&h.json);
    rooms_free(h.rooms);
    return 0;
}
