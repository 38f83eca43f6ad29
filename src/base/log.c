#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 512 };

static _Atomic int highest = LOG_INFO_LEVEL;

void log_set_level(enum log_level level)
{
    atomic_store(&highest, (int)level);
}

static size_t write_prefix(char *line, enum log_level level, const char *module)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    char stamp[32];
    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &utc);
    int n = snprintf(line, LINE_BYTES, "%s.%03ldZ %-5s %-7.16s ", stamp, now.tv_nsec / 1000000, names[level],
                     module);
    return n > 0 ? (size_t)n : 0;
}

void log_write(enum log_level level, const char *module, const char *format, ...)
{
    if ((int)level > atomic_load_explicit(&highest, memory_order_relaxed)) return;
    char line[LINE_BYTES];
    size_t start = write_prefix(line, level, module);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line + start, LINE_BYTES - start - 1, format, args);
    va_end(args);
    size_t len = start + (n > 0 ? (size_t)n : 0);
    if (len > LINE_BYTES - 2) len = LINE_BYTES - 2; /* cut, with room for the line end */
    for (size_t i = start; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f) line[i] = ' '; /* one event stays one line */
    line[len++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, len); /* one call, so that threads do not mix */
    (void)ignored;                                     /* nowhere left to complain */
}
