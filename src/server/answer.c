#include "server/answer.h"

#include <string.h>
#include <strings.h>

#include "base/id.h"

/* The next element of a comma-separated header, without white space around it; NULL at the end. */
static const char *next_element(const char **at, size_t *len)
{
    const char *s = *at + strspn(*at, " \t,");
    if (!*s) return NULL;
    size_t n = strcspn(s, ",");
    *at = s + n;
    while (n && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
    *len = n;
    return s;
}

/* "q=0", "q=0.0", ...: the client refuses this coding. */
static bool weight_is_zero(const char *params, size_t n)
{
    for (size_t i = 0; i + 2 < n; i++)
        if ((params[i] == 'q' || params[i] == 'Q') && params[i + 1] == '=')
            return strspn(params + i + 2, "0.") >= n - i - 2;
    return false;
}

bool http_accepts(const char *header, const char *coding)
{
    size_t len, want = strlen(coding);
    for (const char *e; (e = next_element(&header, &len));) {
        size_t name = strcspn(e, "; \t,");
        if (name > len) name = len;
        if (name == want && strncasecmp(e, coding, want) == 0) return !weight_is_zero(e + name, len - name);
    }
    return false;
}

bool http_tag_listed(const char *header, const char *etag)
{
    size_t len, want = strlen(etag);
    for (const char *e; (e = next_element(&header, &len));) {
        if (len == 1 && *e == '*') return true;
        if (len > 2 && strncmp(e, "W/", 2) == 0) e += 2, len -= 2;
        if (len == want && memcmp(e, etag, want) == 0) return true;
    }
    return false;
}

static struct http_answer plain(unsigned status, const char *text)
{
    return (struct http_answer){.status = status,
                                .type = "text/plain; charset=utf-8",
                                .cache = "no-store",
                                .body = view_str(text),
                                .length = strlen(text)};
}

/* "/" and "/r/<room id>" are the client's own screens: both get the page. */
static const char *file_name(const char *path)
{
    uint8_t room[ID_BYTES];
    if (strcmp(path, "/") == 0) return "/index.html";
    if (strncmp(path, "/r/", 3) == 0 && b64_decode_exact(room, sizeof room, path + 3, strlen(path + 3)) == OK)
        return "/index.html";
    return path;
}

static struct http_answer file_answer(const struct static_file *f, const struct http_request *q)
{
    struct http_answer a = {.status = 200, .type = f->type, .varies = f->gzip.len > 0};
    a.gzip = f->gzip.len > 0 && http_accepts(q->accept_encoding, "gzip");
    a.body = a.gzip ? f->gzip : f->body;
    a.length = a.body.len;
    a.etag = a.gzip ? f->gzip_etag : f->etag;
    a.cache = f->immutable ? "public, max-age=31536000, immutable" : "no-cache";
    if (http_tag_listed(q->if_none_match, a.etag)) {
        a.status = 304;
        a.body = (struct view){0};
        a.length = 0;
        a.type = NULL;
        a.gzip = false;
    }
    return a;
}

struct http_answer http_answer(const struct static_files *files, const struct http_request *q, bool ready)
{
    struct http_answer a;
    const struct static_file *f = static_find(files, file_name(q->path));
    if (q->method == METHOD_OTHER) {
        a = plain(405, "Only GET and HEAD are answered here.\n");
        a.allow = true;
    } else if (strcmp(q->path, "/healthz") == 0) {
        a = plain(200, "ok\n");
    } else if (strcmp(q->path, "/readyz") == 0) {
        a = ready ? plain(200, "ready\n") : plain(503, "starting or stopping\n");
    } else if (strcmp(q->path, "/ws") == 0) {
        a = plain(426, "This is a WebSocket.\n");
    } else if (f) {
        a = file_answer(f, q);
    } else {
        a = plain(404, "There is no such page.\n");
    }
    if (q->method == METHOD_HEAD) a.body = (struct view){0};
    return a;
}
