#include "server/bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char manifest[] = "/bundle.txt", signature[] = "/bundle.sig";

static void write_hex(char out[BUNDLE_HEX_BYTES], struct view bytes)
{
    struct hash h = hash_raw(bytes);
    for (size_t i = 0; i < HASH_BYTES; i++) snprintf(out + 2 * i, 3, "%02x", h.bytes[i]);
}

static int by_name(const void *a, const void *b)
{
    const struct static_file *const *one = a, *const *other = b;
    return strcmp((*one)->name, (*other)->name);
}

static bool beside(const struct static_file *f)
{
    return !strcmp(f->name, manifest) || !strcmp(f->name, signature);
}

enum err bundle_of(const struct static_files *s, struct bundle *out)
{
    enum { LINE_BYTES = BUNDLE_HEX_BYTES + 2 + STATIC_NAME_BYTES };
    const struct static_file **sorted = calloc(s->count + 1, sizeof *sorted);
    char *text = malloc(s->count * LINE_BYTES + 1);
    size_t len = 0, count = 0;
    if (sorted && text) {
        for (size_t i = 0; i < s->count; i++)
            if (!beside(&s->files[i])) sorted[count++] = &s->files[i];
        qsort(sorted, count, sizeof(struct static_file *), by_name);
        for (size_t i = 0; i < count; i++) {
            char hex[BUNDLE_HEX_BYTES];
            write_hex(hex, sorted[i]->body);
            len += (size_t)snprintf(text + len, LINE_BYTES, "%s  %s\n", hex, sorted[i]->name + 1);
        }
        const struct static_file *said = static_find(s, manifest);
        write_hex(out->hex, (struct view){(const uint8_t *)text, len});
        out->whole = said && said->body.len == len && memcmp(said->body.ptr, text, len) == 0;
        out->is_signed = static_find(s, signature) != NULL;
    }
    enum err e = sorted && text ? OK : ERR_SYSTEM;
    free(sorted);
    free(text);
    return e;
}
