/* The console's key: `console.key` in the data folder, mode 0600. Whoever can read it is the console: it is
 * refused if its mode lets others in. */
#ifndef CLI_KEYFILE_H
#define CLI_KEYFILE_H

#include "base/bytes.h"
#include "base/id.h"

#define KEY_FILE "console.key"

struct key_file {
    struct id account, device;
    uint8_t seed[32]; /* of the device key */
};

/* ERR_NOT_FOUND: there is none. ERR_FORBIDDEN: others can read it, or it is another user's. ERR_MALFORMED: it
 * is something else. ERR_SYSTEM: errno says why. */
MUST_CHECK enum err key_file_read(struct key_file *out, const char *folder);
/* Replaces what is there, at once or not at all. */
MUST_CHECK enum err key_file_write(const struct key_file *k, const char *folder);
void key_file_remove(const char *folder);

#endif
