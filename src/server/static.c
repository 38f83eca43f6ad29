#include "server/static.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt/sign.h"

enum { FOLDER_DEPTH = 4, PATH_BYTES = 4096 };

struct load {
    struct static_files *s;
    char *why;
    size_t why_size;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
};

static bool ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name), e = strlen(ending);
    return n > e && strcmp(name + n - e, ending) == 0;
}

static const char *type_of(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (ends_with(name, types[i].ending)) return types[i].type;
    return "application/octet-stream";
}

static enum err fail(struct load *l, enum err e, const char *name, const char *what)
{
    snprintf(l->why, l->why_size, "%s: %s", name, what);
    return e;
}

/* A strong validator: the first half of SHA-256, so that the same build gives the same tag on every server.
 */
static void make_etag(char out[STATIC_ETAG_BYTES], struct view body)
{
    struct hash h = hash_raw(body);
    size_t at = (size_t)snprintf(out, STATIC_ETAG_BYTES, "\"");
    for (size_t i = 0; i < HASH_BYTES / 2; i++)
        at += (size_t)snprintf(out + at, STATIC_ETAG_BYTES - at, "%02x", h.bytes[i]);
    snprintf(out + at, STATIC_ETAG_BYTES - at, "\"");
}

static enum err read_all(struct load *l, const char *path, struct view *out)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fail(l, ERR_SYSTEM, path, strerror(errno));
    struct stat st;
    enum err e = OK;
    uint8_t *bytes = NULL;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        e = fail(l, ERR_SYSTEM, path, "is not a plain file");
    } else if ((uint64_t)st.st_size > LIMIT_STATIC_BYTES - l->s->bytes) {
        e = fail(l, ERR_TOO_LARGE, path, "makes the client larger than this server holds in memory");
    } else if (!(bytes = malloc((size_t)st.st_size + 1))) {
        e = fail(l, ERR_SYSTEM, path, "no memory");
    } else {
        size_t size = (size_t)st.st_size, have = 0;
        for (ssize_t n; have < size && (n = read(fd, bytes + have, size - have)) > 0;) have += (size_t)n;
        if (have < size) e = fail(l, ERR_SYSTEM, path, "could not be read to its end");
        *out = (struct view){bytes, have};
        l->s->bytes += have;
    }
    close(fd);
    if (e) free(bytes);
    return e;
}

static enum err add_file(struct load *l, const char *path, const char *name)
{
    struct static_files *s = l->s;
    if (s->count == LIMIT_STATIC_FILES)
        return fail(l, ERR_TOO_LARGE, path, "is one file more than this server holds");
    struct static_file *f = &s->files[s->count];
    memset(f, 0, sizeof *f);
    snprintf(f->name, sizeof f->name, "%s", name);
    f->type = type_of(name);
    f->immutable = strncmp(name, "/assets/", 8) == 0;
    enum err e = read_all(l, path, &f->body);
    if (e) return e;
    s->count++;
    make_etag(f->etag, f->body);
    char gzip[PATH_BYTES + 3];
    snprintf(gzip, sizeof gzip, "%s.gz", path);
    if (access(gzip, R_OK)) return OK;
    e = read_all(l, gzip, &f->gzip);
    if (!e) make_etag(f->gzip_etag, f->gzip);
    return e;
}

/* NOLINTNEXTLINE(misc-no-recursion): `depth` says how many folders deep */
static enum err walk(struct load *l, const char *folder, const char *prefix, unsigned depth)
{
    DIR *d = opendir(folder);
    if (!d) return fail(l, ERR_NOT_FOUND, folder, strerror(errno));
    enum err e = OK;
    for (struct dirent *entry; !e && (entry = readdir(d));) {
        char path[PATH_BYTES], name[STATIC_NAME_BYTES];
        struct stat st;
        if (entry->d_name[0] == '.' || ends_with(entry->d_name, ".gz")) continue;
        size_t path_len = (size_t)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t name_len = (size_t)snprintf(name, sizeof name, "%s/%s", prefix, entry->d_name);
        if (path_len >= sizeof path || name_len >= sizeof name)
            e = fail(l, ERR_TOO_LARGE, folder, "holds a name that is too long");
        else if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
            e = depth ? walk(l, path, name, depth - 1) : fail(l, ERR_TOO_LARGE, path, "is nested too deep");
        else if (S_ISREG(st.st_mode))
            e = add_file(l, path, name);
    }
    closedir(d);
    return e;
}

enum err static_load(struct static_files *s, const char *folder, char *why, size_t why_size)
{
    struct load l = {s, why, why_size};
    *s = (struct static_files){.files = calloc(LIMIT_STATIC_FILES, sizeof *s->files)};
    enum err e = s->files ? walk(&l, folder, "", FOLDER_DEPTH) : fail(&l, ERR_SYSTEM, folder, "no memory");
    if (!e && !static_find(s, "/index.html")) e = fail(&l, ERR_NOT_FOUND, folder, "holds no index.html");
    if (e) static_free(s);
    return e;
}

void static_free(struct static_files *s)
{
    for (size_t i = 0; i < s->count; i++) {
        free((void *)s->files[i].body.ptr);
        free((void *)s->files[i].gzip.ptr);
    }
    free(s->files);
    *s = (struct static_files){0};
}

const struct static_file *static_find(const struct static_files *s, const char *name)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->files[i].name, name) == 0) return &s->files[i];
    return NULL;
}
