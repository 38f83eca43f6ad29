/* Private to http.c and ws.c: the WebSockets of a server. */
#ifndef SERVER_WS_H
#define SERVER_WS_H

/* The library includes OpenSSL's headers, which have a type of this name; see also crypt/openssl.h. */
#define ERR_STATE openssl_err_state
#include <libwebsockets.h>
#undef ERR_STATE
#include <ev.h>

#include "base/map.h"
#include "base/pool.h"
#include "server/http.h"

enum { WS_CHUNK_BYTES = 16384 };
#define WS_PROTOCOL "aparte.v1"

struct http {
    const struct config *config;
    const struct static_files *files;
    struct http_hooks hooks;
    struct origins origins;
    struct ev_loop *loop; /* epoll: a turn costs what happened, not how many are connected */
    struct lws_context *context;
    lws_sorted_usec_list_t timer;
    uint16_t port;
    bool ready;
    struct pool sockets; /* of struct socket */
    struct map prefixes; /* address prefix -> open sockets */
    void (*readable)(void *user); /* http_watch */
    void *watcher;
    uint64_t sweep_ms;   /* when visitors were last looked at */
    uint8_t chunk[LWS_PRE + WS_CHUNK_BYTES];
};

struct ws_session { /* what the library keeps per connection of this protocol */
    const char *host;
    sock_name sock;
};

MUST_CHECK enum err ws_init(struct http *h);
void ws_deinit(struct http *h);
/* 0: the handshake may go on. Else the status to refuse it with. */
unsigned ws_check_handshake(struct http *h, struct lws *wsi);
int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len);
void ws_tick(struct http *h, uint64_t now_ms); /* lets throttled sockets speak again, closes idle visitors */
/* A header of the request as text: "" if it is absent or does not fit. */
void http_header(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap);
uint64_t http_now_ms(void); /* monotonic */

#endif
