#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/session.h"
#include "crypt/sign.h"

enum { COUNT_MAX = LIMIT_INVITES_PER_ADMIN, HOURS_MAX = LIMIT_INVITE_DAYS * 24, HOURS_DEFAULT = 72 };

struct parse {
    struct session *s;
    char **argv;
    int argc, at;
    unsigned options;
    char why[160];
};

/* "--flag value" or "--flag=value". */
static const char *value_of(struct parse *p, const char *flag)
{
    size_t n = strlen(flag);
    const char *arg = p->argv[p->at];
    if (arg[n] == '=') return arg + n + 1;
    if (p->at + 1 < p->argc) return p->argv[++p->at];
    snprintf(p->why, sizeof p->why, "%s needs a value.", flag);
    return NULL;
}

static bool is_flag(const struct parse *p, const char *flag)
{
    size_t n = strlen(flag);
    const char *arg = p->argv[p->at];
    return strncmp(arg, flag, n) == 0 && (!arg[n] || arg[n] == '=');
}

static void take_number(struct parse *p, const char *flag, unsigned long max, unsigned long *out)
{
    const char *text = value_of(p, flag);
    char *end;
    if (!text) return;
    errno = 0;
    *out = strtoul(text, &end, 10);
    if (text[0] >= '0' && text[0] <= '9' && !*end && !errno && *out >= 1 && *out <= max) return;
    snprintf(p->why, sizeof p->why, "%s must be a number from 1 to %lu, not \"%.40s\".", flag, max, text);
}

static void take_argument(struct parse *p)
{
    struct session *s = p->s;
    if (s->arg_count == CLI_ARGS)
        snprintf(p->why, sizeof p->why, "There is one word too many: \"%.40s\".", p->argv[p->at]);
    else
        s->args[s->arg_count++] = p->argv[p->at];
}

/* In base64url an id may well begin with a dash. */
static bool is_id(const char *arg)
{
    uint8_t bytes[KEY_BYTES];
    size_t len;
    return b64_decode(bytes, sizeof bytes, &len, arg, strlen(arg)) == OK &&
           (len == ID_BYTES || len == KEY_BYTES);
}

static void take_one(struct parse *p)
{
    struct session *s = p->s;
    if (is_id(p->argv[p->at]))
        take_argument(p);
    else if (is_flag(p, "--data"))
        s->data = value_of(p, "--data");
    else if (strcmp(p->argv[p->at], "--json") == 0)
        s->json = true;
    else if (p->options & OPTION_COUNT && is_flag(p, "--count"))
        take_number(p, "--count", COUNT_MAX, &s->count);
    else if (p->options & OPTION_HOURS && is_flag(p, "--hours"))
        take_number(p, "--hours", HOURS_MAX, &s->hours);
    else if (p->options & OPTION_NAME && is_flag(p, "--name"))
        s->name = value_of(p, "--name");
    else if (p->options & OPTION_SUBTREE && strcmp(p->argv[p->at], "--subtree") == 0)
        s->subtree = true;
    else if (p->argv[p->at][0] == '-' && p->argv[p->at][1])
        snprintf(p->why, sizeof p->why, "There is no option \"%.40s\".", p->argv[p->at]);
    else
        take_argument(p);
}

int session_start(struct session *s, int argc, char **argv, const char *command, const char *usage,
                  size_t args_min, size_t args_max, unsigned options)
{
    const struct rlimit none = {0, 0};
    const char *data = getenv("APARTE_DATA");
    setrlimit(RLIMIT_CORE, &none); /* keys are in this memory */
    *s = (struct session){.data = data && *data ? data : "./data",
                          .name = "Console",
                          .count = 1,
                          .hours = HOURS_DEFAULT,
                          .fd = -1,
                          .result = json_object()};
    struct parse p = {.s = s, .argv = argv, .argc = argc, .options = options};
    for (; p.at < argc && !p.why[0]; p.at++) take_one(&p);
    if (!p.why[0] && (s->arg_count < args_min || s->arg_count > args_max))
        snprintf(p.why, sizeof p.why, "It takes %zu word%s, not %zu.", args_min, args_min == 1 ? "" : "s",
                 s->arg_count);
    if (!p.why[0]) return 0;
    return session_end(s,
                       session_fail(s, CLI_USAGE, "usage", "%s Usage: aparte %s %s", p.why, command, usage));
}

void session_say(const struct session *s, const char *format, ...)
{
    if (s->json) return;
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

int session_fail(struct session *s, int code, const char *error, const char *format, ...)
{
    char sentence[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    fprintf(stderr, "aparte: %s\n", sentence);
    session_add(s, "error", json_pack("{s:s, s:s}", "code", error, "message", sentence));
    return code;
}

void session_add(struct session *s, const char *key, json_t *value)
{
    if (!value || json_object_set_new(s->result, key, value))
        fputs("aparte: no memory for the result\n", stderr);
}

int session_end(struct session *s, int code)
{
    if (s->json) {
        json_dumpf(s->result, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
        putchar('\n');
    }
    json_decref(s->result);
    if (s->fd >= 0) close(s->fd);
    free(s->in);
    wipe(s, sizeof *s);
    return fflush(stdout) ? CLI_REFUSED : code;
}
