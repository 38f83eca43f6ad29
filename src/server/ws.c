#include "server/ws.h" /* first: see there */

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    CHUNKS_PER_TURN = 8, /* so that one long queue does not hold up the others */
    SWEEP_MS = 1000,
    CLOSE_FLUSH_S = 5,         /* a peer that does not read gets no longer to take its last messages */
    PING_BYTES = 4,            /* the library does not tell of an answer to an empty one */
    TOKEN = 1000,              /* the bucket counts thousandths of a message */
    BYTES_PER_TOKEN = 1 << 16, /* a large message counts for several */
    PREFIX_BYTES = 9,          /* family, then an IPv4 address or the first half of an IPv6 one */
};
static_assert(LIMIT_SOCKETS < 1 << SOCK_INDEX_BITS, "the place of a socket fits its name");

struct queued {
    struct queued *next;
    struct message *message;
};

struct socket {
    struct lws *wsi;
    sock_name name;
    uint8_t prefix[PREFIX_BYTES];
    bool counted;                                    /* in `prefixes` */
    bool admitted, throttled, closing, parted, dead; /* parted: the close frame is out */
    bool dropping;                                   /* the rest of this message is not kept */
    bool pinged, ping_due;
    uint64_t heard_ms;
    enum err refusal, why;
    unsigned strikes;
    uint64_t opened_ms, filled_ms, patience_ms; /* patience: how long it may stay a visitor */
    int64_t tokens;
    uint8_t *in; /* the message being received */
    size_t in_len, in_cap;
    struct queued *head, **tail;
    size_t queued_bytes, sent; /* sent: of the head */
};

/* ---- messages ------------------------------------------------------------------------------------- */

struct message *message_new(const char *text, size_t len)
{
    struct message *m = malloc(sizeof *m + len);
    if (!m) return NULL;
    m->refs = 1;
    m->len = len;
    memcpy(m->text, text, len);
    return m;
}

void message_drop(struct message *m)
{
    if (m && --m->refs == 0) free(m);
}

/* ---- names ---------------------------------------------------------------------------------------- */

static sock_name name_of(pool_name n)
{
    return (uint32_t)(n >> 32) << SOCK_INDEX_BITS | (uint32_t)n;
}

static struct socket *find(const struct http *h, sock_name sock)
{
    pool_name name;
    uint32_t index = sock & ((1u << SOCK_INDEX_BITS) - 1);
    struct socket *s = index ? pool_at(&h->sockets, index - 1, &name) : NULL;
    return s && s->name == sock ? s : NULL;
}

static void give_back(struct http *h, struct socket *s)
{
    pool_name name;
    if (pool_at(&h->sockets, (s->name & ((1u << SOCK_INDEX_BITS) - 1)) - 1, &name))
        pool_give(&h->sockets, name);
}

enum err ws_init(struct http *h)
{
    enum err e = map_init(&h->prefixes, PREFIX_BYTES, LIMIT_SOCKETS);
    return e ? e : pool_init(&h->sockets, sizeof(struct socket), LIMIT_SOCKETS);
}

void ws_deinit(struct http *h)
{
    pool_deinit(&h->sockets);
    map_deinit(&h->prefixes);
}

/* ---- handshake ------------------------------------------------------------------------------------ */

/* Where a connection comes from, coarsely: to limit how many sockets one network holds. Kept while it is
 * open. */
static bool prefix_of(struct lws *wsi, uint8_t out[PREFIX_BYTES], bool *loopback)
{
    union {
        struct sockaddr_in6 in6;
        struct sockaddr_in in;
        struct sockaddr any;
    } peer = {0};
    socklen_t len = sizeof peer;
    memset(out, 0, PREFIX_BYTES);
    if (getpeername(lws_get_socket_fd(wsi), &peer.any, &len)) return false;
    const struct in6_addr *v6 = &peer.in6.sin6_addr;
    out[0] = 4;
    if (peer.any.sa_family == AF_INET) {
        memcpy(out + 1, &peer.in.sin_addr, 4);
    } else if (IN6_IS_ADDR_V4MAPPED(v6)) {
        memcpy(out + 1, v6->s6_addr + 12, 4);
    } else {
        out[0] = 6;
        memcpy(out + 1, v6->s6_addr, 8);
    }
    *loopback = out[0] == 4 ? out[1] == 127 : IN6_IS_ADDR_LOOPBACK(v6);
    return true;
}

static bool limited(const struct http *h, struct lws *wsi, uint8_t prefix[PREFIX_BYTES])
{
    bool loopback;
    return prefix_of(wsi, prefix, &loopback) && !(loopback && h->config->behind_proxy);
}

static bool offers_protocol(const char *list)
{
    for (const char *at = list; *at; at += strcspn(at, ",")) {
        at += strspn(at, ", \t");
        size_t n = strcspn(at, ", \t");
        if (n == strlen(WS_PROTOCOL) && strncmp(at, WS_PROTOCOL, n) == 0) return true;
    }
    return false;
}

unsigned ws_check_handshake(struct http *h, struct lws *wsi)
{
    char upgrade[32], origin[CONFIG_ORIGIN_BYTES], host[CONFIG_ORIGIN_BYTES], path[8], protocols[128];
    uint8_t prefix[PREFIX_BYTES];
    uint32_t open = 0;
    http_header(wsi, WSI_TOKEN_UPGRADE, upgrade, sizeof upgrade);
    http_header(wsi, WSI_TOKEN_GET_URI, path, sizeof path);
    http_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
    http_header(wsi, WSI_TOKEN_HOST, host, sizeof host);
    http_header(wsi, WSI_TOKEN_PROTOCOL, protocols, sizeof protocols);
    if (strcasecmp(upgrade, "websocket")) return 400;
    if (strcmp(path, "/ws")) return 404;
    const char *expected = origins_host(&h->origins, origin);
    /* A proxy may name itself in Host; without one, Host must be that of the page (DNS rebinding). */
    if (!expected || (!h->config->behind_proxy && strcasecmp(host, expected))) return 403;
    if (!offers_protocol(protocols)) return 400;
    if (pool_used(&h->sockets) >= LIMIT_SOCKETS) return 503;
    if (limited(h, wsi, prefix) && map_get(&h->prefixes, prefix, &open) && open >= LIMIT_SOCKETS_PER_PREFIX)
        return 429;
    return 0;
}

static int open_socket(struct http *h, struct lws *wsi, struct ws_session *session)
{
    pool_name name;
    struct socket *s = session->host ? pool_take(&h->sockets, &name) : NULL;
    if (!s) return -1;
    uint32_t open = 0;
    session->sock = s->name = name_of(name);
    s->wsi = wsi;
    s->tail = &s->head;
    s->opened_ms = s->filled_ms = s->heard_ms = http_now_ms();
    s->patience_ms = LIMIT_VISITOR_MS;
    s->tokens = (int64_t)LIMIT_MESSAGES_BURST * TOKEN;
    if (limited(h, wsi, s->prefix)) {
        map_get(&h->prefixes, s->prefix, &open);
        s->counted = map_put(&h->prefixes, s->prefix, open + 1) == OK;
    }
    h->hooks.open(h->hooks.user, s->name, view_str(session->host));
    return 0;
}

static void close_socket(struct http *h, struct ws_session *session)
{
    struct socket *s = find(h, session->sock);
    if (!s) return;
    uint32_t open;
    session->sock = 0;
    if (s->counted && map_get(&h->prefixes, s->prefix, &open)) {
        if (open <= 1)
            map_remove(&h->prefixes, s->prefix);
        else if (map_put(&h->prefixes, s->prefix, open - 1)) /* replacing never fails */
            abort();
    }
    for (struct queued *q = s->head, *next; q; q = next) {
        next = q->next;
        message_drop(q->message);
        free(q);
    }
    free(s->in);
    sock_name name = s->name;
    give_back(h, s);
    h->hooks.closed(h->hooks.user, name);
}

/* ---- in ------------------------------------------------------------------------------------------- */

static void refill(struct socket *s, uint64_t now_ms)
{
    s->tokens += (int64_t)(now_ms - s->filled_ms) * LIMIT_MESSAGES_PER_S;
    if (s->tokens > (int64_t)LIMIT_MESSAGES_BURST * TOKEN) s->tokens = (int64_t)LIMIT_MESSAGES_BURST * TOKEN;
    s->filled_ms = now_ms;
}
static_assert(TOKEN == 1000, "a token per millisecond and message per second");

/* Too fast: the socket is read no further until its bucket has filled; TCP holds the sender back. */
static void spend(struct socket *s, size_t len)
{
    refill(s, http_now_ms());
    s->tokens -= TOKEN * (1 + (int64_t)len / BYTES_PER_TOKEN);
    if (s->tokens > 0 || s->throttled) return;
    s->throttled = true;
    lws_rx_flow_control(s->wsi, 0);
}

static void keep(struct socket *s, struct view part)
{
    size_t limit = s->admitted ? LIMIT_MESSAGE_BYTES : LIMIT_VISITOR_MESSAGE_BYTES;
    if (s->dropping) return;
    if (part.len > limit - s->in_len) {
        s->refusal = ERR_TOO_LARGE;
    } else if (s->in_cap - s->in_len < part.len) {
        size_t cap = s->in_cap ? s->in_cap : 1024;
        while (cap - s->in_len < part.len) cap *= 2;
        uint8_t *in = realloc(s->in, cap);
        if (in)
            s->in = in, s->in_cap = cap;
        else
            s->refusal = ERR_SYSTEM;
    }
    if (s->refusal) {
        s->dropping = true;
        s->in_len = 0;
    } else if (part.len) {
        memcpy(s->in + s->in_len, part.ptr, part.len);
        s->in_len += part.len;
    }
}

static void hear(struct socket *s)
{
    s->heard_ms = http_now_ms();
    s->pinged = false;
}

static void receive(struct http *h, struct socket *s, struct view part)
{
    hear(s);
    if (s->dead || s->closing) return;
    if (lws_is_first_fragment(s->wsi)) {
        s->in_len = 0;
        s->dropping = lws_frame_is_binary(s->wsi);
        s->refusal = s->dropping ? ERR_MALFORMED : OK;
    }
    keep(s, part);
    if (lws_remaining_packet_payload(s->wsi) || !lws_is_final_fragment(s->wsi)) return;
    sock_name name = s->name;
    size_t len = s->in_len;
    spend(s, len);
    if (s->refusal)
        h->hooks.refused(h->hooks.user, name, s->refusal);
    else
        h->hooks.message(h->hooks.user, name, (struct view){s->in, len});
    s->in_len = 0;
    if (s->in_cap > WS_CHUNK_BYTES) { /* a large message is rare: give its memory back */
        free(s->in);
        s->in = NULL;
        s->in_cap = 0;
    }
}

/* ---- out ------------------------------------------------------------------------------------------ */

/* Never closes at once: this runs inside hooks, and the library is told to close the socket in its own time.
 */
static void kill_socket(struct socket *s)
{
    if (s->dead) return;
    s->dead = true;
    lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

void http_send(struct http *h, sock_name sock, struct message *m)
{
    struct socket *s = find(h, sock);
    if (!s || s->dead || s->closing) return;
    struct queued *q = m->len > LIMIT_SOCKET_QUEUE_BYTES - s->queued_bytes ? NULL : malloc(sizeof *q);
    if (!q) {
        kill_socket(s);
        return;
    }
    m->refs++;
    *q = (struct queued){.message = m};
    *s->tail = q;
    s->tail = &q->next;
    s->queued_bytes += m->len;
    lws_callback_on_writable(s->wsi);
}

void http_close(struct http *h, sock_name sock, enum err why)
{
    struct socket *s = find(h, sock);
    if (!s || s->dead || s->closing) return;
    s->closing = true;
    s->why = why;
    lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_REASON_BASE, CLOSE_FLUSH_S);
    lws_callback_on_writable(s->wsi);
}

void http_admit(struct http *h, sock_name sock)
{
    struct socket *s = find(h, sock);
    if (s) s->admitted = true;
}

void http_await(struct http *h, sock_name sock)
{
    struct socket *s = find(h, sock);
    if (s) s->patience_ms = http_now_ms() - s->opened_ms + LIMIT_PAIR_MS;
}

void http_strike(struct http *h, sock_name sock)
{
    struct socket *s = find(h, sock);
    if (s && ++s->strikes >= LIMIT_STRIKES) http_close(h, sock, ERR_MALFORMED);
}

/* Copies a part of the head into the chunk, in front of which the library writes the frame header. */
static int send_chunk(struct http *h, struct socket *s)
{
    struct queued *q = s->head;
    size_t left = q->message->len - s->sent, n = left < WS_CHUNK_BYTES ? left : WS_CHUNK_BYTES;
    int flags = lws_write_ws_flags(LWS_WRITE_TEXT, s->sent == 0, n == left);
    memcpy(h->chunk + LWS_PRE, q->message->text + s->sent, n);
    if (lws_write(s->wsi, h->chunk + LWS_PRE, n, (enum lws_write_protocol)flags) < (int)n) return -1;
    s->sent += n;
    if (s->sent < q->message->len) return 0;
    s->queued_bytes -= q->message->len;
    s->sent = 0;
    s->head = q->next;
    if (!s->head) s->tail = &s->head;
    message_drop(q->message);
    free(q);
    return 0;
}

/* Between the frames of a message, should one be on its way (RFC 6455 5.4). */
static int send_ping(struct http *h, struct socket *s)
{
    s->ping_due = false;
    memset(h->chunk + LWS_PRE, 0, PING_BYTES);
    return lws_write(s->wsi, h->chunk + LWS_PRE, PING_BYTES, LWS_WRITE_PING);
}

static int write_socket(struct http *h, struct socket *s)
{
    if (s->parted) return 0; /* nothing follows it, RFC 6455 5.5.1; the library waits for the answer */
    if (s->dead || (s->ping_due && send_ping(h, s) < 0)) return -1;
    for (unsigned i = 0; i < CHUNKS_PER_TURN && s->head && !lws_send_pipe_choked(s->wsi); i++)
        if (send_chunk(h, s)) return -1;
    if (s->head) {
        lws_callback_on_writable(s->wsi);
    } else if (s->closing) {
        const char *code = err_code(s->why);
        lws_close_reason(s->wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, (unsigned char *)(uintptr_t)code,
                         strlen(code));
        s->parted = true;
        return -1;
    }
    return 0;
}

/* Silence is broken by a ping; a connection that is silent even then is lost. One that is held back by us
 * could not answer. */
static void check_alive(struct socket *s, uint64_t now_ms)
{
    if (s->throttled) {
        s->heard_ms = now_ms;
        return;
    }
    uint64_t silent_ms = now_ms - s->heard_ms;
    if (silent_ms >= LIMIT_PING_MS + LIMIT_PONG_MS) {
        kill_socket(s);
    } else if (silent_ms >= LIMIT_PING_MS && !s->pinged) {
        s->pinged = s->ping_due = true;
        lws_callback_on_writable(s->wsi);
    }
}

void ws_tick(struct http *h, uint64_t now_ms)
{
    bool sweep = now_ms - h->sweep_ms >= SWEEP_MS;
    if (sweep) h->sweep_ms = now_ms;
    for (uint32_t i = 0; i < h->sockets.capacity; i++) {
        pool_name name;
        struct socket *s = pool_at(&h->sockets, i, &name);
        if (!s) continue;
        if (s->throttled) refill(s, now_ms);
        if (s->throttled && s->tokens > 0) {
            s->throttled = false;
            lws_rx_flow_control(s->wsi, 1);
        }
        if (sweep) check_alive(s, now_ms);
        if (sweep && !s->admitted && now_ms - s->opened_ms > s->patience_ms) http_close(h, s->name, ERR_AUTH);
    }
}

int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct http *h = lws_context_user(lws_get_context(wsi));
    struct ws_session *session = user;
    char origin[CONFIG_ORIGIN_BYTES];
    struct socket *s;
    switch (reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        http_header(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
        session->host = origins_host(&h->origins, origin);
        return session->host ? 0 : -1;
    case LWS_CALLBACK_ESTABLISHED:
        return open_socket(h, wsi, session);
    case LWS_CALLBACK_RECEIVE:
        s = find(h, session->sock);
        if (s) receive(h, s, (struct view){in, len});
        return s ? 0 : -1;
    case LWS_CALLBACK_RECEIVE_PONG:
        s = find(h, session->sock);
        if (s) hear(s);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        s = find(h, session->sock);
        return s ? write_socket(h, s) : -1;
    case LWS_CALLBACK_CLOSED:
        close_socket(h, session);
        return 0;
    default:
        return 0;
    }
}
