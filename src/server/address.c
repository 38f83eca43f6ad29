/* What follows from the configuration about addresses: where to bind, what browsers are told, who may come
 * in. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/without.h"

#include "server/config.h"

bool config_tls(const struct config *c)
{
    return c->tls_cert[0] != 0;
}

bool config_loopback(const struct config *c)
{
    return !strcmp(c->listen_host, "localhost") || !strncmp(c->listen_host, "127.", 4) ||
           !strcmp(c->listen_host, "::1");
}

size_t config_addresses(const struct config *c, const char *out[2])
{
    bool both = !strcmp(c->listen_host, "localhost");
    out[0] = both ? "127.0.0.1" : c->listen_host;
    out[1] = "::1";
    return both ? 2 : 1;
}

static bool parse_address(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
        memcpy(out, &v4, sizeof v4);
    else if (inet_pton(AF_INET6, host, &v6.sin6_addr) == 1)
        memcpy(out, &v6, sizeof v6);
    else
        return false;
    return true;
}

/* The address that the default route leaves from: connecting a datagram socket sends nothing (the targets are
 * the documentation networks of RFC 5737 and RFC 3849), but makes the kernel choose. */
static bool route_address(const char *target, uint16_t port, struct sockaddr_storage *out)
{
    struct sockaddr_storage to, from = {0};
    socklen_t len = sizeof from;
    if (!parse_address(target, 9, &to)) return false;
    int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    bool found =
        connect(fd, (struct sockaddr *)&to,
                to.ss_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)) == 0 &&
        getsockname(fd, (struct sockaddr *)&from, &len) == 0;
    close(fd);
    if (!found) return false;
    char text[INET6_ADDRSTRLEN];
    const void *bytes = from.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&from)->sin_addr
                                                  : (void *)&((struct sockaddr_in6 *)&from)->sin6_addr;
    return inet_ntop(from.ss_family, bytes, text, sizeof text) && parse_address(text, port, out);
}

static enum err one_address(const struct config *c, struct sockaddr_storage *out)
{
    bool wildcard = !strcmp(c->listen_host, "0.0.0.0") || !strcmp(c->listen_host, "::");
    if (!wildcard && !config_loopback(c))
        return parse_address(c->listen_host, c->media_port, out) ? OK : ERR_MALFORMED;
    if (route_address("198.51.100.1", c->media_port, out) || route_address("2001:db8::1", c->media_port, out))
        return OK;
    return parse_address("127.0.0.1", c->media_port, out) ? OK : ERR_MALFORMED;
}

enum err config_media_addresses(const struct config *c, struct sockaddr_storage out[LIMIT_MEDIA_ADDRESSES],
                                size_t *count)
{
    *count = 0;
    while (*count < LIMIT_MEDIA_ADDRESSES && c->media_hosts[*count][0]) {
        if (!parse_address(c->media_hosts[*count], c->media_port, &out[*count])) return ERR_MALFORMED;
        ++*count;
    }
    if (*count) return OK;
    *count = 1;
    return one_address(c, out);
}

bool config_http_at(const struct config *c, const struct sockaddr_storage *media)
{
    const char *hosts[2];
    size_t n = config_addresses(c, hosts);
    for (size_t i = 0; i < n; i++) {
        struct sockaddr_storage http;
        if (!parse_address(hosts[i], 0, &http)) continue;
        const struct sockaddr_in *a4 = (void *)&http, *b4 = (const void *)media;
        const struct sockaddr_in6 *a6 = (void *)&http, *b6 = (const void *)media;
        if (http.ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&a6->sin6_addr)
                                       : a4->sin_addr.s_addr == htonl(INADDR_ANY))
            return true; /* "::" takes IPv4 too */
        if (http.ss_family != media->ss_family) continue;
        if (http.ss_family == AF_INET6 ? IN6_ARE_ADDR_EQUAL(&a6->sin6_addr, &b6->sin6_addr)
                                       : a4->sin_addr.s_addr == b4->sin_addr.s_addr)
            return true;
    }
    return false;
}

static void add_origin(struct origins *o, bool tls, const char *host, uint16_t port)
{
    char *out = o->list[o->count++];
    if (port == (tls ? 443 : 80))
        snprintf(out, CONFIG_ORIGIN_BYTES, "http%s://%s", tls ? "s" : "", host);
    else
        snprintf(out, CONFIG_ORIGIN_BYTES, "http%s://%s:%u", tls ? "s" : "", host, port);
}

void config_origins(const struct config *c, uint16_t port, struct origins *out)
{
    char host[CONFIG_HOST_BYTES + 2];
    out->count = 0;
    if (c->origin[0]) {
        snprintf(out->list[out->count++], CONFIG_ORIGIN_BYTES, "%s", c->origin);
    } else if (config_loopback(c)) {
        add_origin(out, config_tls(c), "localhost", port);
        add_origin(out, config_tls(c), "127.0.0.1", port);
        add_origin(out, config_tls(c), "[::1]", port);
    } else {
        snprintf(host, sizeof host, strchr(c->listen_host, ':') ? "[%s]" : "%s", c->listen_host);
        add_origin(out, config_tls(c), host, port);
    }
}

const char *origins_host(const struct origins *o, const char *origin)
{
    for (size_t i = 0; i < o->count; i++)
        if (strcmp(o->list[i], origin) == 0 || without(WITHOUT_ORIGIN)) return strstr(o->list[i], "://") + 3;
    return NULL;
}
