#include "cli/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypt/sign.h"

enum { MAGIC_BYTES = 8, FILE_BYTES = MAGIC_BYTES + ID_BYTES + 32 };

static const char magic[MAGIC_BYTES + 1] = "APCONS01";
static const char fresh_name[] = KEY_FILE ".new";

static int open_folder(const char *folder)
{
    return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static enum err parse(struct key_file *out, struct view bytes)
{
    uint8_t start[MAGIC_BYTES];
    struct key public;
    struct reader r = reader_init(bytes);
    read_bytes(&r, start, sizeof start);
    read_bytes(&r, out->account.bytes, ID_BYTES);
    read_bytes(&r, out->seed, sizeof out->seed);
    if (reader_end(&r) || memcmp(start, magic, MAGIC_BYTES)) return ERR_MALFORMED;
    enum err e = sign_public(out->seed, &public);
    if (!e) out->device = id_of_key("device", &public);
    return e;
}

static enum err read_open(struct key_file *out, int fd)
{
    struct stat st;
    uint8_t bytes[FILE_BYTES + 1];
    if (fstat(fd, &st)) return ERR_SYSTEM;
    if (!S_ISREG(st.st_mode)) return ERR_MALFORMED;
    bool mine = st.st_uid == geteuid() || geteuid() == 0; /* root reads what the server's user enrolled */
    if (st.st_mode & 077 || !mine) return ERR_FORBIDDEN;
    ssize_t n = read(fd, bytes, sizeof bytes);
    enum err e = n < 0 ? ERR_SYSTEM : parse(out, (struct view){bytes, (size_t)n});
    wipe(bytes, sizeof bytes);
    return e;
}

enum err key_file_read(struct key_file *out, const char *folder)
{
    int dir = open_folder(folder);
    if (dir < 0) return errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM;
    int fd = openat(dir, KEY_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    enum err e = fd >= 0 ? read_open(out, fd) : errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM;
    if (fd >= 0) close(fd);
    close(dir);
    return e;
}

static bool write_all(int fd, const struct key_file *k)
{
    uint8_t bytes[FILE_BYTES];
    struct writer w = writer_init(bytes, sizeof bytes);
    write_bytes(&w, magic, MAGIC_BYTES);
    write_bytes(&w, k->account.bytes, ID_BYTES);
    write_bytes(&w, k->seed, sizeof k->seed);
    bool ok = !writer_end(&w) && write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fsync(fd) == 0;
    wipe(bytes, sizeof bytes);
    return ok;
}

enum err key_file_write(const struct key_file *k, const char *folder)
{
    int dir = open_folder(folder);
    if (dir < 0) return ERR_SYSTEM;
    unlinkat(dir, fresh_name, 0); /* of an attempt that was interrupted */
    int fd = openat(dir, fresh_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write_all(fd, k) && renameat(dir, fresh_name, dir, KEY_FILE) == 0 && fsync(dir) == 0;
    if (fd >= 0) close(fd);
    if (!ok) unlinkat(dir, fresh_name, 0);
    close(dir);
    return ok ? OK : ERR_SYSTEM;
}

void key_file_remove(const char *folder)
{
    int dir = open_folder(folder);
    if (dir < 0) return;
    unlinkat(dir, KEY_FILE, 0);
    close(dir);
}
