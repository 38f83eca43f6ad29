/* The options of `aparte serve`: one table row each, given as --flag, in the environment, or left at its
 * default, in this order. A bad value is answered with a sentence that names the option. Thread: start-up. No
 * allocation. */
#ifndef SERVER_CONFIG_H
#define SERVER_CONFIG_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"

enum { CONFIG_PATH_BYTES = 1024, CONFIG_HOST_BYTES = 64, CONFIG_ORIGIN_BYTES = 280, CONFIG_ORIGINS = 3 };

struct config {
    char data[CONFIG_PATH_BYTES], web[CONFIG_PATH_BYTES];
    char tls_cert[CONFIG_PATH_BYTES], tls_key[CONFIG_PATH_BYTES]; /* "" = plain HTTP */
    char listen_host[CONFIG_HOST_BYTES]; /* "localhost" or an address without brackets */
    uint16_t listen_port;                /* 0: any free one */
    char media_hosts[LIMIT_MEDIA_ADDRESSES][CONFIG_HOST_BYTES]; /* "" = found out by config_media_addresses */
    uint16_t media_port;
    unsigned media_threads;
    bool media_affinity; /* each thread on a processor of its own */
    bool behind_proxy;
    char origin[CONFIG_ORIGIN_BYTES]; /* "" = derived from the listen address */
    char name[LIMIT_NAME_BYTES + 1];
    char about[LIMIT_ABOUT_BYTES + 1], about_fr[LIMIT_ABOUT_BYTES + 1]; /* "" = nothing is said */
    char contact[LIMIT_CONTACT_BYTES + 1];
    unsigned trace_days; /* 0: rooms cannot be traced */
    enum log_level log;
    char tap[CONFIG_PATH_BYTES], probe[CONFIG_PATH_BYTES]; /* builds with test hooks only */
};

/* `why` gets one sentence when the result is not OK. argv holds the flags only. */
MUST_CHECK enum err config_load(struct config *c, int argc, char **argv, char *why, size_t why_size);
void config_help(void);

bool config_tls(const struct config *c);
bool config_loopback(const struct config *c); /* listens where only this machine comes in */
/* The addresses to bind: one, or both loopbacks for "localhost". */
size_t config_addresses(const struct config *c, const char *out[2]);
/* Where media threads bind and what browsers are told, one address or one of each family; port as configured.
 */
MUST_CHECK enum err config_media_addresses(const struct config *c,
                                           struct sockaddr_storage out[LIMIT_MEDIA_ADDRESSES], size_t *count);
/* Whether HTTP takes its port on that address too: there media must leave TCP alone. */
bool config_http_at(const struct config *c, const struct sockaddr_storage *media);

/* The origins a browser may come from, once the port is known. The first is the one links are printed with.
 */
struct origins {
    char list[CONFIG_ORIGINS][CONFIG_ORIGIN_BYTES];
    size_t count;
};
void config_origins(const struct config *c, uint16_t port, struct origins *out);
/* The host of an allowed Origin header ("localhost:8080"), NULL if the origin is foreign. */
const char *origins_host(const struct origins *o, const char *origin);

#endif
