/* The built client, read once into memory at start: nothing a request says ever reaches the file system.
 * Thread: control. Memory: owned by struct static_files; views live until static_free. */
#ifndef SERVER_STATIC_H
#define SERVER_STATIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "base/limits.h"

enum { STATIC_NAME_BYTES = LIMIT_URL_BYTES, STATIC_ETAG_BYTES = 40 };

struct static_file {
    char name[STATIC_NAME_BYTES]; /* as in the URL: "/assets/app.js" */
    const char *type;             /* Content-Type */
    struct view body, gzip;       /* gzip: contents of NAME.gz, empty if there is none */
    char etag[STATIC_ETAG_BYTES], gzip_etag[STATIC_ETAG_BYTES]; /* with their quotes */
    bool immutable;                                             /* its name carries a hash of its contents */
};

struct static_files {
    struct static_file *files;
    size_t count, bytes;
};

/* Reads every regular file below `folder`, which must hold index.html. On failure `why` is a sentence. */
MUST_CHECK enum err static_load(struct static_files *s, const char *folder, char *why, size_t why_size);
void static_free(struct static_files *s);
const struct static_file *static_find(const struct static_files *s, const char *name); /* NULL: not there */

#endif
