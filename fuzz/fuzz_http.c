/* The parts of an HTTP request that this program interprets itself: path, Accept-Encoding, If-None-Match,
 * Origin. Input: a method byte, then four strings that end with NUL (the last with the input). */
#include <stdlib.h>
#include <string.h>

#include "server/answer.h"
#include "server/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t page[] = "page", packed[] = "gz";
static struct static_file list[] = {
    {.name = "/index.html", .type = "text/html", .body = {page, 4}, .etag = "\"1\""},
    {.name = "/assets/a.js",
     .type = "text/javascript",
     .body = {page, 4},
     .gzip = {packed, 2},
     .etag = "\"2\"",
     .gzip_etag = "\"3\"",
     .immutable = true},
};
static const struct static_files files = {.files = list, .count = 2};

static void check(const struct http_request *q, const struct http_answer *a)
{
    switch (a->status) {
    case 200:
    case 503:
        break;
    case 304:
    case 404:
    case 405:
    case 426:
        if (a->gzip || a->body.ptr == page || a->body.ptr == packed) abort();
        break;
    default:
        abort();
    }
    if (q->method == METHOD_HEAD && a->body.len) abort();
    if (a->gzip && (!http_accepts(q->accept_encoding, "gzip") || (a->body.len && a->body.ptr != packed)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    char *text = malloc(size + 4), *fields[4];
    if (!text) return 0;
    memcpy(text, data + 1, size - 1);
    memset(text + size - 1, 0, 5);
    for (size_t i = 0, at = 0; i < 4; i++) {
        fields[i] = text + at;
        at += strlen(text + at) + (at + strlen(text + at) < size - 1);
    }
    struct http_request q = {.method = (enum http_method)(data[0] % 3),
                             .path = fields[0],
                             .accept_encoding = fields[1],
                             .if_none_match = fields[2]};
    struct http_answer a = http_answer(&files, &q, data[0] & 4);
    check(&q, &a);
    struct origins origins = {.list = {"http://localhost:8080", "https://rooms.example.org"}, .count = 2};
    const char *host = origins_host(&origins, fields[3]);
    if (host && strcmp(host, "localhost:8080") && strcmp(host, "rooms.example.org")) abort();
    free(text);
    return 0;
}
