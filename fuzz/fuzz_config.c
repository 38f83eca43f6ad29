/* The options of `aparte serve`, from the command line and from the environment, and what follows from them
 * about addresses. Lines of text: "NAME=VALUE" with a name from the environment, anything else is one
 * argument. Whatever they say, it is taken within the bounds of limits.h or refused with a sentence that
 * names the option. */
#include <stdlib.h>
#include <string.h>

#include "must.h"
#include "server/config.h"

enum { ARGS = 32, TEXT_BYTES = 4096 };

static unsigned taken, refused;

static bool ended(const char *text, size_t cap)
{
    return memchr(text, 0, cap) != NULL;
}

static void check_origins(const struct config *c)
{
    struct origins o;
    config_origins(c, c->listen_port, &o);
    MUST(o.count >= 1 && o.count <= CONFIG_ORIGINS);
    for (size_t i = 0; i < o.count; i++) {
        const char *host = origins_host(&o, o.list[i]);
        MUST(ended(o.list[i], CONFIG_ORIGIN_BYTES) && host && host[0]);
        MUST(strncmp(o.list[i], "http", 4) == 0);
    }
    MUST(!origins_host(&o, "https://elsewhere.example"));
}

static void check_addresses(const struct config *c)
{
    struct sockaddr_storage media[LIMIT_MEDIA_ADDRESSES];
    const char *hosts[2];
    size_t n, count = config_addresses(c, hosts);
    MUST(count == 1 || count == 2);
    if (!c->media_hosts[0][0]) return; /* the machine would be asked */
    MUST(config_media_addresses(c, media, &n) == OK);
    MUST(n == (c->media_hosts[1][0] ? 2 : 1));
    MUST(n == 1 || media[0].ss_family != media[1].ss_family); /* one of each kind */
    for (size_t i = 0; i < n; i++) (void)config_http_at(c, &media[i]);
}

static void check_config(const struct config *c)
{
    MUST(c->data[0] && ended(c->data, sizeof(c->data)) && c->web[0] && ended(c->web, sizeof(c->web)));
    MUST(c->name[0] && ended(c->name, sizeof(c->name)) && ended(c->origin, sizeof(c->origin)));
    MUST(c->listen_host[0] && ended(c->listen_host, sizeof(c->listen_host)));
    MUST(c->media_port > 0 && c->media_threads >= 1 && c->media_threads <= LIMIT_MEDIA_THREADS);
    MUST(c->trace_days <= LIMIT_TRACE_DAYS && !c->tls_cert[0] == !c->tls_key[0]);
    MUST(c->log >= LOG_ERROR_LEVEL && c->log <= LOG_DEBUG_LEVEL);
    MUST(config_tls(c) || c->behind_proxy || config_loopback(c)); /* no plain HTTP over a network */
    check_addresses(c);
    check_origins(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char names[ARGS][64];
    char text[TEXT_BYTES + 1], *argv[ARGS], why[512] = "";
    struct config c;
    size_t n = size < TEXT_BYTES ? size : TEXT_BYTES, named = 0;
    int argc = 0;
    memcpy(text, data, n);
    text[n] = 0;
    for (char *line = text, *next; line && argc < ARGS; line = next) {
        next = strchr(line, '\n');
        if (next) *next++ = 0;
        char *value = strncmp(line, "APARTE_", 7) == 0 ? strchr(line, '=') : NULL;
        if (!value || value - line >= (ptrdiff_t)sizeof(*names) || named == ARGS) {
            argv[argc++] = line;
            continue;
        }
        memcpy(names[named], line, (size_t)(value - line));
        names[named][value - line] = 0;
        MUST(setenv(names[named++], value + 1, 1) == 0);
    }
    enum err e = config_load(&c, argc, argv, why, sizeof(why));
    while (named) unsetenv(names[--named]);
    *(e ? &refused : &taken) += 1;
    if (e)
        MUST(ended(why, sizeof(why)) && strlen(why) > 10 && strchr(why, ' '));
    else
        check_config(&c);
    return 0;
}

const char *fuzz_unreached(void)
{
    return !taken ? "nothing was ever taken" : !refused ? "nothing was ever refused" : NULL;
}
