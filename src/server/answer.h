/* What the server says to an HTTP request: a pure function of the request and the files in memory.
 * No socket, no library. Thread: control. The answer's pointers are those of the files and of literals. */
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include "server/static.h"

enum http_method { METHOD_GET, METHOD_HEAD, METHOD_OTHER };

struct http_request {
    enum http_method method;
    const char *path;            /* decoded, without query */
    const char *accept_encoding; /* "" if absent, as below */
    const char *if_none_match;
};

struct http_answer {
    unsigned status;
    const char *type, *etag, *cache; /* NULL: no such header */
    struct view body;
    size_t length; /* Content-Length: of the body a GET would bring */
    bool gzip;     /* Content-Encoding: gzip */
    bool varies;   /* Vary: Accept-Encoding */
    bool allow;    /* Allow: GET, HEAD */
};

struct http_answer http_answer(const struct static_files *files, const struct http_request *q, bool ready);

/* Whether a header like Accept-Encoding names this coding with a weight that is not zero (RFC 9110 12.5.3).
 */
bool http_accepts(const char *header, const char *coding);
/* Whether a list of entity tags holds this one, compared weakly (RFC 9110 13.1.2). */
bool http_tag_listed(const char *header, const char *etag);

#endif
