/* A small JSON writer (RFC 8259) into one growing buffer that is used again and again: no allocation per
 * message once it has grown. The error is sticky: write everything, ask json_end() once. Thread: the owner's.
 */
#ifndef SERVER_JSON_H
#define SERVER_JSON_H

#include "base/bytes.h"

struct json {
    char *text;
    size_t len, cap;
    enum err err;
    bool comma; /* a value stands before: the next one in this object or array needs a comma */
};

void json_init(struct json *j);
void json_deinit(struct json *j);
void json_start(struct json *j); /* forget the text, keep the memory */
MUST_CHECK enum err json_end(const struct json *j);

/* Values; `key` NULL inside an array. */
void json_open(struct json *j, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);
void json_text(struct json *j, const char *key, struct view utf8);
void json_word(struct json *j, const char *key, const char *word);   /* text from a literal */
void json_bytes(struct json *j, const char *key, struct view bytes); /* base64url */
void json_number(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool b);
void json_none(struct json *j, const char *key);

#endif
