#include "server/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_init(struct json *j)
{
    *j = (struct json){0};
}

void json_deinit(struct json *j)
{
    free(j->text);
    *j = (struct json){0};
}

void json_start(struct json *j)
{
    j->len = 0;
    j->err = OK;
    j->comma = false;
}

enum err json_end(const struct json *j)
{
    return j->err;
}

static bool grow(struct json *j, size_t more)
{
    if (j->err) return false;
    if (j->cap - j->len >= more) return true;
    size_t cap = j->cap ? j->cap : 1024;
    while (cap - j->len < more) cap *= 2;
    char *text = realloc(j->text, cap);
    if (!text) {
        j->err = ERR_SYSTEM;
        return false;
    }
    j->text = text;
    j->cap = cap;
    return true;
}

static void put(struct json *j, const char *s, size_t n)
{
    if (!n || !grow(j, n)) return; /* an empty view may point nowhere */
    memcpy(j->text + j->len, s, n);
    j->len += n;
}

/* Comma and key before a value. Keys are literals of this program and need no escaping. */
static void begin(struct json *j, const char *key)
{
    if (j->comma) put(j, ",", 1);
    j->comma = true;
    if (!key) return;
    put(j, "\"", 1);
    put(j, key, strlen(key));
    put(j, "\":", 2);
}

void json_open(struct json *j, const char *key, char bracket)
{
    begin(j, key);
    put(j, &bracket, 1);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    put(j, &bracket, 1);
    j->comma = true;
}

void json_text(struct json *j, const char *key, struct view utf8)
{
    begin(j, key);
    put(j, "\"", 1);
    for (size_t i = 0, start = 0; i <= utf8.len; i++) {
        bool last = i == utf8.len;
        uint8_t c = last ? '"' : utf8.ptr[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        if (i > start) put(j, (const char *)utf8.ptr + start, i - start);
        start = i + 1;
        char escaped[8];
        if (!last)
            put(j, escaped, (size_t)snprintf(escaped, sizeof escaped, c < 0x20 ? "\\u%04x" : "\\%c", c));
    }
    put(j, "\"", 1);
}

void json_word(struct json *j, const char *key, const char *word)
{
    json_text(j, key, view_str(word));
}

void json_bytes(struct json *j, const char *key, struct view bytes)
{
    begin(j, key);
    put(j, "\"", 1);
    if (grow(j, B64_LEN(bytes.len) + 1))
        j->len += bytes.len ? b64_encode(j->text + j->len, j->cap - j->len, bytes) : 0;
    put(j, "\"", 1);
}

void json_number(struct json *j, const char *key, uint64_t n)
{
    char digits[24];
    begin(j, key);
    put(j, digits, (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n));
}

void json_bool(struct json *j, const char *key, bool b)
{
    begin(j, key);
    put(j, b ? "true" : "false", b ? 4 : 5);
}

void json_none(struct json *j, const char *key)
{
    begin(j, key);
    put(j, "null", 4);
}
