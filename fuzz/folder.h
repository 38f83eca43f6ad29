/* A folder of the target's own, for what is only reached by a path: removed with what is in it at the end. */
#ifndef FUZZ_FOLDER_H
#define FUZZ_FOLDER_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"

static char folder[64];
static const char *folder_file; /* the one name in it */

static void folder_remove(void)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, folder_file);
    unlink(path);
    rmdir(folder);
}

static void folder_make(const char *file)
{
    if (folder[0]) return;
    snprintf(folder, sizeof(folder), "/tmp/aparte-fuzz-XXXXXX");
    MUST(mkdtemp(folder));
    folder_file = file;
    MUST(atexit(folder_remove) == 0);
}

static inline void folder_write(const uint8_t *data, size_t size)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, folder_file);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
}

#endif
