/* One line per event on standard error: time, level, module, text. No name, title, address, id or secret is ever
 * logged: callers pass numbers and fixed words (docs/privacy.md). Thread: any. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERROR_LEVEL, LOG_WARN_LEVEL, LOG_INFO_LEVEL, LOG_DEBUG_LEVEL };

void log_set_level(enum log_level level);
void log_write(enum log_level level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define LOG_ERROR(module, ...) log_write(LOG_ERROR_LEVEL, module, __VA_ARGS__)
#define LOG_WARN(module, ...) log_write(LOG_WARN_LEVEL, module, __VA_ARGS__)
#define LOG_INFO(module, ...) log_write(LOG_INFO_LEVEL, module, __VA_ARGS__)
#define LOG_DEBUG(module, ...) log_write(LOG_DEBUG_LEVEL, module, __VA_ARGS__)

#endif
