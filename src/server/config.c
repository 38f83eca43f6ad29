#include "server/config.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/without.h"

struct why {
    char *text;
    size_t size;
    const char *flag;
};

static enum err bad(const struct why *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static enum err bad(const struct why *w, const char *format, ...)
{
    char sentence[512];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    snprintf(w->text, w->size, "%.80s %s", w->flag, sentence); /* what is no option may be long */
    return ERR_MALFORMED;
}

static enum err set_text(char *out, size_t cap, const char *value, const struct why *w)
{
    size_t n = strlen(value);
    if (!n) return bad(w, "is empty.");
    if (n >= cap) return bad(w, "is longer than %zu bytes.", cap - 1);
    memcpy(out, value, n + 1);
    return OK;
}

static enum err set_number(unsigned long *out, unsigned long min, unsigned long max, const char *value,
                           const struct why *w)
{
    char *end;
    errno = 0;
    unsigned long n = strtoul(value, &end, 10);
    if (!isdigit((unsigned char)*value) || *end || errno || n < min || n > max)
        return bad(w, "must be a number from %lu to %lu, not \"%.40s\".", min, max, value);
    *out = n;
    return OK;
}

static bool is_address(const char *host)
{
    struct in6_addr any;
    return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static enum err set_data(struct config *c, const char *value, const struct why *w)
{
    return set_text(c->data, sizeof c->data, value, w);
}

static enum err set_web(struct config *c, const char *value, const struct why *w)
{
    return set_text(c->web, sizeof c->web, value, w);
}

static enum err set_listen(struct config *c, const char *value, const struct why *w)
{
    const char *colon = strrchr(value, ':');
    unsigned long port = 0;
    bool brackets = value[0] == '[' && colon > value && colon[-1] == ']';
    if (!colon || colon == value || (!brackets && memchr(value, ':', (size_t)(colon - value))))
        return bad(w, "must be HOST:PORT or [ADDRESS]:PORT, not \"%.80s\".", value);
    int len = (int)(colon - value) - (brackets ? 2 : 0);
    if (len >= CONFIG_HOST_BYTES) return bad(w, "has a host that is too long.");
    snprintf(c->listen_host, sizeof c->listen_host, "%.*s", len, value + brackets);
    bool plain = !brackets && !strcmp(c->listen_host, "localhost");
    if (!plain && (!is_address(c->listen_host) || brackets != !!strchr(c->listen_host, ':')))
        return bad(w, "must name localhost or an address of this machine, not \"%.80s\".", value);
    enum err e = set_number(&port, 0, 65535, colon + 1, w);
    if (!e) c->listen_port = (uint16_t)port;
    return e;
}

static enum err set_media_port(struct config *c, const char *value, const struct why *w)
{
    unsigned long n = 0;
    enum err e = set_number(&n, 1, 65535, value, w);
    c->media_port = (uint16_t)n;
    return e;
}

static enum err set_media_host(char out[CONFIG_HOST_BYTES], const char *value, const struct why *w)
{
    struct in6_addr any;
    if (!is_address(value)) return bad(w, "must be an IPv4 or IPv6 address, not \"%.80s\".", value);
    if ((inet_pton(AF_INET, value, &any) == 1 && any.s6_addr32[0] == 0) ||
        (inet_pton(AF_INET6, value, &any) == 1 && IN6_IS_ADDR_UNSPECIFIED(&any)))
        return bad(w, "must be an address that browsers can reach, not a wildcard.");
    return set_text(out, CONFIG_HOST_BYTES, value, w);
}

static enum err set_media_address(struct config *c, const char *value, const struct why *w)
{
    char first[CONFIG_HOST_BYTES];
    const char *comma = strchr(value, ',');
    memset(c->media_hosts, 0, sizeof c->media_hosts);
    if (!comma) return set_media_host(c->media_hosts[0], value, w);
    snprintf(first, sizeof first, "%.*s", (int)(comma - value), value);
    enum err e = set_media_host(c->media_hosts[0], first, w);
    if (!e) e = set_media_host(c->media_hosts[1], comma + 1, w);
    if (!e && !strchr(first, ':') == !strchr(comma + 1, ':'))
        return bad(w, "may name one IPv4 and one IPv6 address, not two of a kind: \"%.80s\".", value);
    return e;
}

static enum err set_media_threads(struct config *c, const char *value, const struct why *w)
{
    unsigned long n = 1;
    enum err e = set_number(&n, 1, LIMIT_MEDIA_THREADS, value, w);
    c->media_threads = (unsigned)n;
    return e;
}

static enum err set_trace_days(struct config *c, const char *value, const struct why *w)
{
    unsigned long n = 0;
    enum err e = set_number(&n, 0, LIMIT_TRACE_DAYS, value, w);
    c->trace_days = (unsigned)n;
    return e;
}

static enum err set_yes_no(bool *out, const char *value, const struct why *w)
{
    if (strcmp(value, "yes") && strcmp(value, "no"))
        return bad(w, "must be yes or no, not \"%.40s\".", value);
    *out = value[0] == 'y';
    return OK;
}

static enum err set_media_affinity(struct config *c, const char *value, const struct why *w)
{
    return set_yes_no(&c->media_affinity, value, w);
}

static enum err set_readable(char *out, size_t cap, const char *value, const struct why *w)
{
    enum err e = set_text(out, cap, value, w);
    if (!e && access(value, R_OK)) return bad(w, "cannot be read: %s: %s.", value, strerror(errno));
    return e;
}

static enum err set_tls_cert(struct config *c, const char *value, const struct why *w)
{
    return set_readable(c->tls_cert, sizeof c->tls_cert, value, w);
}

static enum err set_tls_key(struct config *c, const char *value, const struct why *w)
{
    return set_readable(c->tls_key, sizeof c->tls_key, value, w);
}

static enum err set_behind_proxy(struct config *c, const char *value, const struct why *w)
{
    return set_yes_no(&c->behind_proxy, value, w);
}

/* An origin as browsers write it (RFC 6454 6.2): scheme, host in lower case, port unless it is the default
 * one. */
static enum err set_origin(struct config *c, const char *value, const struct why *w)
{
    size_t scheme = strncmp(value, "https://", 8) == 0 ? 8 : strncmp(value, "http://", 7) == 0 ? 7 : 0;
    const char *host = value + scheme;
    size_t len = strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]");
    if (!scheme || !len) return bad(w, "must look like https://rooms.example.org, not \"%.80s\".", value);
    if (host[len]) return bad(w, "must end after the host and port and be in lower case: \"%.80s\".", value);
    const char *colon = strrchr(host, ':');
    if (colon && !strchr(colon, ']')) {
        unsigned long port = 0, usual = scheme == 8 ? 443 : 80;
        enum err e = set_number(&port, 1, 65535, colon + 1, w);
        if (e) return e;
        if (port == usual) return bad(w, "must leave out :%lu, as browsers do.", usual);
    }
    return set_text(c->origin, sizeof c->origin, value, w);
}

static enum err set_name(struct config *c, const char *value, const struct why *w)
{
    if (text_check(view_str(value), 1, LIMIT_NAME_CHARS))
        return bad(w, "must have 1 to %d visible characters.", LIMIT_NAME_CHARS);
    return set_text(c->name, sizeof c->name, value, w);
}

static enum err set_words(char *out, int chars, const char *value, const struct why *w)
{
    if (text_check(view_str(value), 1, (size_t)chars))
        return bad(w, "must have 1 to %d visible characters, on one line.", chars);
    return set_text(out, (size_t)chars * 4 + 1, value, w);
}

static enum err set_about(struct config *c, const char *value, const struct why *w)
{
    return set_words(c->about, LIMIT_ABOUT_CHARS, value, w);
}

static enum err set_about_fr(struct config *c, const char *value, const struct why *w)
{
    return set_words(c->about_fr, LIMIT_ABOUT_CHARS, value, w);
}

static enum err set_contact(struct config *c, const char *value, const struct why *w)
{
    return set_words(c->contact, LIMIT_CONTACT_CHARS, value, w);
}

static enum err set_log(struct config *c, const char *value, const struct why *w)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(value, names[i]) == 0) {
            c->log = (enum log_level)i;
            return OK;
        }
    return bad(w, "must be error, warn, info or debug, not \"%.40s\".", value);
}

#ifdef APARTE_TEST_HOOKS
static enum err set_tap(struct config *c, const char *value, const struct why *w)
{
    return set_text(c->tap, sizeof c->tap, value, w);
}

static enum err set_probe(struct config *c, const char *value, const struct why *w)
{
    return set_text(c->probe, sizeof c->probe, value, w);
}

static enum err set_without(struct config *c, const char *value, const struct why *w)
{
    (void)c;
    return without_read(value) ? OK : bad(w, "knows no protection \"%.40s\".", value);
}
#endif

static const struct option {
    const char *flag, *env, *initial; /* initial NULL: see help */
    enum err (*set)(struct config *c, const char *value, const struct why *w);
    const char *help;
} options[] = {
    {"--data", "APARTE_DATA", "./data", set_data, "folder of the member log"},
    {"--listen", "APARTE_LISTEN", "localhost:8080", set_listen,
     "HOST:PORT of the web server; [ADDRESS]:PORT for IPv6"},
    {"--media-port", "APARTE_MEDIA_PORT", "8080", set_media_port,
     "port of the first media thread, UDP and TCP; the others follow"},
    {"--media-address", "APARTE_MEDIA_ADDRESS", NULL, set_media_address,
     "address browsers send audio to, or IPv4,IPv6 (default: the listen address, or that of the default "
     "route)"},
    {"--media-threads", "APARTE_MEDIA_THREADS", NULL, set_media_threads, "(default: one per core but one)"},
    {"--media-affinity", "APARTE_MEDIA_AFFINITY", "no", set_media_affinity,
     "yes: each media thread stays on a processor of its own"},
    {"--tls-cert", "APARTE_TLS_CERT", NULL, set_tls_cert, "certificate chain, PEM"},
    {"--tls-key", "APARTE_TLS_KEY", NULL, set_tls_key, "its private key, PEM"},
    {"--behind-proxy", "APARTE_BEHIND_PROXY", "no", set_behind_proxy,
     "yes: a proxy in front of this server does HTTPS"},
    {"--origin", "APARTE_ORIGIN", NULL, set_origin,
     "public origin, https://rooms.example.org (default: the listen address)"},
    {"--name", "APARTE_NAME", "Aparté", set_name, "name of the club"},
    {"--about", "APARTE_ABOUT", NULL, set_about, "what the club's page says about it"},
    {"--about-fr", "APARTE_ABOUT_FR", NULL, set_about_fr,
     "the same for those who read French (default: --about)"},
    {"--contact", "APARTE_CONTACT", NULL, set_contact, "how members reach whoever runs the server"},
    {"--trace-days", "APARTE_TRACE_DAYS", "30", set_trace_days,
     "how long the ledger for leak tracing is kept after a room has ended; 0: no ledger, nothing is traced"},
    {"--web", "APARTE_WEB", APARTE_WEB_DIR, set_web, "folder of the built client"},
    {"--log", "APARTE_LOG", "info", set_log, "error, warn, info or debug"},
#ifdef APARTE_TEST_HOOKS
    {"--test-tap", "APARTE_TEST_TAP", NULL, set_tap,
     "tests only: file that gets what the server can see of the audio"},
    {"--test-probe", "APARTE_TEST_PROBE", NULL, set_probe,
     "tests only: file that the server tries to read and to write once it serves"},
    {"--test-without", "APARTE_TEST_WITHOUT", NULL, set_without,
     "tests only: a protection to do without (base/without.h)"},
#endif
};
enum { OPTION_COUNT = sizeof options / sizeof *options };

void config_help(void)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        printf("  %-16s %-21s %s%s%s%s\n", options[i].flag, options[i].env, options[i].help,
               options[i].initial ? " (default: " : "", options[i].initial ? options[i].initial : "",
               options[i].initial ? ")" : "");
}

/* "--flag value" or "--flag=value": which option, and its value. */
static enum err read_flags(const char *values[OPTION_COUNT], int argc, char **argv, const struct why *unnamed)
{
    for (int i = 0; i < argc; i++) {
        size_t len = strcspn(argv[i], "="), at = 0;
        struct why w = *unnamed;
        w.flag = argv[i];
        while (at < OPTION_COUNT &&
               (strlen(options[at].flag) != len || strncmp(options[at].flag, argv[i], len)))
            at++;
        if (at == OPTION_COUNT) return bad(&w, "is not an option of aparte. See: aparte serve --help");
        if (argv[i][len])
            values[at] = argv[i] + len + 1;
        else if (i + 1 == argc)
            return bad(&w, "needs a value.");
        else
            values[at] = argv[++i];
    }
    return OK;
}

/* What is wrong only in combination. */
static enum err check_together(const struct config *c, const struct why *unnamed)
{
    struct why w = *unnamed;
    if (!c->tls_cert[0] != !c->tls_key[0]) {
        w.flag = c->tls_cert[0] ? "--tls-key" : "--tls-cert";
        return bad(&w, "is missing: HTTPS takes a certificate and its key.");
    }
    w.flag = "--listen";
    if (!config_tls(c) && !c->behind_proxy && !config_loopback(c))
        return bad(&w,
                   "%s would be plain HTTP, and browsers give the microphone to pages from HTTPS and "
                   "localhost only. "
                   "Give --tls-cert and --tls-key, or --behind-proxy yes with a proxy that does HTTPS.",
                   c->listen_host);
    w.flag = "--origin";
    if (!c->origin[0] &&
        (c->behind_proxy || !strcmp(c->listen_host, "0.0.0.0") || !strcmp(c->listen_host, "::")))
        return bad(&w, "is missing: this server cannot know under which address people reach it.");
    if (!strncmp(c->origin, "http://", 7) && strncmp(c->origin, "http://localhost", 16) &&
        strncmp(c->origin, "http://127.", 11) && strncmp(c->origin, "http://[::1]", 12))
        return bad(&w, "must be https: browsers give the microphone to pages from HTTPS and localhost only.");
    return OK;
}

enum err config_load(struct config *c, int argc, char **argv, char *why, size_t why_size)
{
    const char *values[OPTION_COUNT] = {NULL};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct why w = {why, why_size, ""};
    *c = (struct config){.media_threads = cores > LIMIT_MEDIA_THREADS ? LIMIT_MEDIA_THREADS
                                          : cores > 2                 ? (unsigned)cores - 1
                                                                      : 1};
    enum err e = read_flags(values, argc, argv, &w);
    for (size_t i = 0; i < OPTION_COUNT && !e; i++) {
        const char *env = getenv(options[i].env);
        bool from_env = !values[i] && env && *env;
        const char *value = values[i] ? values[i] : from_env ? env : options[i].initial;
        w.flag = from_env ? options[i].env : options[i].flag;
        if (value) e = options[i].set(c, value, &w);
    }
    return e ? e : check_together(c, &w);
}
