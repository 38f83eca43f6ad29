#include "server/ws.h" /* first: see there */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "server/answer.h"

enum {
    HEADERS_BYTES = 2048,
    REQUEST_TIMEOUT_S = 15, /* for a request's headers, and between requests */
    SERVICE_BYTES = 16384,
    SPARE_FDS = 1024, /* files, media sockets, connections that are not WebSockets */
};

struct page { /* one HTTP request being answered */
    struct http_answer answer;
    size_t sent;
};

/* On every answer. The client is one bundle from this origin: nothing else is allowed to load, frame or be
 * framed. */
static const char *const headers[][2] = {
    {"content-security-policy:",
     "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: "
     "blob:; "
     "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; font-src 'self'; "
     "form-action 'none'; "
     "base-uri 'none'; frame-ancestors 'none'"},
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {"cross-origin-opener-policy:", "same-origin"},
    {"cross-origin-resource-policy:", "same-origin"},
    {"permissions-policy:",
     "microphone=(self), camera=(), geolocation=(), display-capture=(), usb=(), serial=(), "
     "payment=(), midi=()"},
};
static const char hsts[] = "max-age=31536000";

uint64_t http_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void http_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap)
{
    int total = lws_hdr_total_length(wsi, token);
    if (total < 0 || (size_t)total >= cap || lws_hdr_copy(wsi, out, (int)cap, token) < 0) out[0] = 0;
}

/* ---- answers -------------------------------------------------------------------------------------- */

struct header_block {
    struct lws *wsi;
    uint8_t *at, *end;
    bool failed;
};

static void add(struct header_block *b, const char *name, const char *value)
{
    if (value && lws_add_http_header_by_name(b->wsi, (const uint8_t *)name, (const uint8_t *)value,
                                             (int)strlen(value), &b->at, b->end))
        b->failed = true;
}

static int send_headers(struct http *h, struct lws *wsi, const struct http_answer *a, bool last)
{
    uint8_t block[LWS_PRE + HEADERS_BYTES], *start = block + LWS_PRE;
    struct header_block b = {wsi, start, block + sizeof block, false};
    char length[24];
    snprintf(length, sizeof length, "%zu", a->length);
    if (lws_add_http_header_status(wsi, a->status, &b.at, b.end)) return -1;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) add(&b, headers[i][0], headers[i][1]);
    add(&b, "strict-transport-security:", config_tls(h->config) ? hsts : NULL);
    add(&b, "content-type:", a->type);
    add(&b, "content-length:", a->status == 304 ? NULL : length);
    add(&b, "etag:", a->etag);
    add(&b, "cache-control:", a->cache);
    add(&b, "content-encoding:", a->gzip ? "gzip" : NULL);
    add(&b, "vary:", a->varies ? "accept-encoding" : NULL);
    add(&b, "allow:", a->allow ? "GET, HEAD" : NULL);
    add(&b, "connection:", last ? "close" : NULL);
    if (b.failed || lws_finalize_http_header(wsi, &b.at, b.end)) return -1;
    size_t n = (size_t)(b.at - start);
    return lws_write(wsi, start, n, LWS_WRITE_HTTP_HEADERS) == (int)n ? 0 : -1;
}

static int send_body(struct lws *wsi, struct page *p)
{
    struct view body = p->answer.body;
    while (p->sent < body.len) {
        size_t left = body.len - p->sent, n = left < WS_CHUNK_BYTES ? left : WS_CHUNK_BYTES;
        /* HTTP/1.1 writes the bytes as they are; the library's parameter only lacks a const. */
        uint8_t *from = (uint8_t *)(uintptr_t)(body.ptr + p->sent);
        if (lws_write(wsi, from, n, n == left ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n) return -1;
        p->sent += n;
        if (p->sent == body.len || lws_send_pipe_choked(wsi)) break;
    }
    if (p->sent < body.len) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int answer_request(struct http *h, struct lws *wsi, struct page *p, const char *path, size_t path_len)
{
    char encoding[256], tags[512], name[LIMIT_URL_BYTES + 1], *uri;
    int uri_len, method = lws_http_get_uri_and_method(wsi, &uri, &uri_len);
    http_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, encoding, sizeof encoding);
    http_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, tags, sizeof tags);
    snprintf(name, sizeof name, "%.*s", (int)path_len,
             path); /* what is cut off was too long to be a file's name */
    struct http_request q = {.path = name, .accept_encoding = encoding, .if_none_match = tags};
    q.method = method == LWSHUMETH_GET ? METHOD_GET : method == LWSHUMETH_HEAD ? METHOD_HEAD : METHOD_OTHER;
    *p = (struct page){.answer = http_answer(h->files, &q, h->ready)};
    bool last = q.method == METHOD_OTHER; /* its body is not read */
    if (send_headers(h, wsi, &p->answer, last)) return -1;
    if (last) {
        struct view body = p->answer.body;
        (void)!lws_write(wsi, (uint8_t *)(uintptr_t)body.ptr, body.len, LWS_WRITE_HTTP_FINAL);
        return -1;
    }
    if (!p->answer.body.len) return lws_http_transaction_completed(wsi) ? -1 : 0;
    lws_callback_on_writable(wsi);
    return 0;
}

/* >0 tells the library that the upgrade was answered here. */
static int refuse_upgrade(struct http *h, struct lws *wsi)
{
    unsigned status = ws_check_handshake(h, wsi);
    if (!status) return 0;
    struct http_answer a = {.status = status, .cache = "no-store"};
    LOG_DEBUG("http", "handshake refused with %u", status);
    return send_headers(h, wsi, &a, true) ? -1 : 1;
}

static int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct http *h = lws_context_user(lws_get_context(wsi));
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return answer_request(h, wsi, user, in, len);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return send_body(wsi, user);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return refuse_upgrade(h, wsi);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        if (h) h->hooks.wake(h->hooks.user);
        return 0;
    case LWS_CALLBACK_HTTP_BODY:
    case LWS_CALLBACK_HTTP_FILE_COMPLETION:
        return -1;
    default:
        return 0;
    }
}

/* ---- life ----------------------------------------------------------------------------------------- */

static const struct lws_protocols protocols[] = {
    {"http", http_callback, sizeof(struct page), SERVICE_BYTES, 0, NULL, 0},
    {WS_PROTOCOL, ws_callback, sizeof(struct ws_session), SERVICE_BYTES, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* ws.c pings: the library's timers stand in one sorted list, where thousands of them cost their square. */
static const lws_retry_bo_t no_pings;

static void library_log(int level, const char *line)
{
    (void)level;
    int len = (int)strcspn(line, "\n");
    LOG_DEBUG("lws", "%.*s", len, line);
}

static void on_timer(lws_sorted_usec_list_t *sul)
{
    struct http *h = lws_container_of(sul, struct http, timer);
    ws_tick(h, http_now_ms());
    h->hooks.tick(h->hooks.user);
    lws_sul_schedule(h->context, 0, &h->timer, on_timer, HTTP_TICK_MS * LWS_US_PER_MS);
}

static bool listen_on(struct http *h, const char *address, uint16_t port, struct lws_vhost **out)
{
    const struct config *c = h->config;
    bool v6 = strchr(address, ':') != NULL;
    struct lws_context_creation_info info = {
        .vhost_name = address,
        .iface = address,
        .port = port,
        .protocols = protocols,
        .alpn = "http/1.1",
        .retry_and_idle_policy = &no_pings,
        .timeout_secs = REQUEST_TIMEOUT_S,
        .keepalive_timeout = REQUEST_TIMEOUT_S,
        .options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND | (v6 ? 0 : LWS_SERVER_OPTION_DISABLE_IPV6),
        .ssl_cert_filepath = config_tls(c) ? c->tls_cert : NULL,
        .ssl_private_key_filepath = config_tls(c) ? c->tls_key : NULL,
    };
    if (config_tls(c)) info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    *out = lws_create_vhost(h->context, &info);
    return *out != NULL;
}

static enum err listen_all(struct http *h, char *why, size_t why_size)
{
    const char *addresses[2];
    size_t n = config_addresses(h->config, addresses);
    h->port = h->config->listen_port;
    for (size_t i = 0; i < n; i++) {
        struct lws_vhost *vhost;
        if (listen_on(h, addresses[i], h->port, &vhost)) {
            int port = lws_get_vhost_listen_port(vhost);
            if (port > 0) h->port = (uint16_t)port;
        } else if (i == 0) {
            snprintf(why, why_size,
                     "--listen: cannot serve on %s port %u: the port is taken, the address is not this "
                     "machine's, or the certificate and key do not fit.",
                     addresses[i], h->port);
            return ERR_SYSTEM;
        } else {
            LOG_INFO("http", "no IPv6 on this machine's loopback");
        }
    }
    return OK;
}

enum err http_new(struct http **out, const struct config *config, const struct static_files *files,
                  const struct http_hooks *hooks, char *why, size_t why_size)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h) return ERR_SYSTEM;
    h->config = config;
    h->files = files;
    h->hooks = *hooks;
    h->loop = ev_loop_new(EVFLAG_AUTO);
    struct lws_context_creation_info info = {
        .port = CONTEXT_PORT_NO_LISTEN,
        .options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_LIBEV |
                   (config_tls(config) ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0),
        .user = h,
        .foreign_loops = (void *[]){h->loop},
        .pt_serv_buf_size = SERVICE_BYTES,
        .fd_limit_per_thread = LIMIT_SOCKETS + SPARE_FDS,
        .gid = (gid_t)-1,
        .uid = (uid_t)-1,
    };
    lws_set_log_level(LLL_ERR | LLL_WARN, library_log);
    enum err e = ws_init(h);
    if (!e && !(h->loop && (h->context = lws_create_context(&info)))) {
        snprintf(why, why_size, "the HTTP library could not start.");
        e = ERR_SYSTEM;
    }
    if (!e) e = listen_all(h, why, why_size);
    if (e) {
        http_free(h);
        return e;
    }
    config_origins(config, h->port, &h->origins);
    lws_sul_schedule(h->context, 0, &h->timer, on_timer, HTTP_TICK_MS * LWS_US_PER_MS);
    *out = h;
    return OK;
}

void http_free(struct http *h)
{
    if (!h) return;
    if (h->context) lws_context_destroy(h->context);
    if (h->loop) ev_loop_destroy(h->loop);
    ws_deinit(h);
    free(h);
}

uint16_t http_port(const struct http *h)
{
    return h->port;
}

const struct origins *http_origins(const struct http *h)
{
    return &h->origins;
}

void http_run(struct http *h, const volatile sig_atomic_t *stop)
{
    while (!*stop) (void)ev_run(h->loop, EVRUN_ONCE);
}

void http_wake(struct http *h)
{
    lws_cancel_service(h->context);
}

/* ---- another descriptor in the loop ---------------------------------------------------------------- */

static int watch_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    struct http *h = lws_context_user(lws_get_context(wsi));
    (void)user, (void)in, (void)len;
    if (reason == LWS_CALLBACK_RAW_RX_FILE) h->readable(h->watcher);
    return 0;
}

/* In a vhost of its own, which listens nowhere: no browser can ask for this protocol. The library closes what
 * it adopts, so it gets a duplicate. */
enum err http_watch(struct http *h, int fd, void (*readable)(void *user), void *user)
{
    static const char name[] = "watch";
    static const struct lws_protocols own[] = {{name, watch_callback, 0, 0, 0, NULL, 0},
                                               {NULL, NULL, 0, 0, 0, NULL, 0}};
    struct lws_context_creation_info info = {
        .vhost_name = name, .port = CONTEXT_PORT_NO_LISTEN, .protocols = own};
    struct lws_vhost *vhost = lws_create_vhost(h->context, &info);
    lws_sock_file_fd_type descriptor = {.filefd = vhost ? dup(fd) : -1};
    if (descriptor.filefd < 0) return ERR_SYSTEM;
    h->readable = readable;
    h->watcher = user;
    if (lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, name, NULL)) return OK;
    close(descriptor.filefd);
    return ERR_SYSTEM;
}

void http_set_ready(struct http *h, bool ready)
{
    h->ready = ready;
}
