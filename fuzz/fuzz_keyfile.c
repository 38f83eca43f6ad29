/* The console's key file: taken or refused, and what was taken is written again byte by byte. */
#include <string.h>

#include "cli/keyfile.h"
#include "folder.h"

enum { FILE_BYTES = 8 + ID_BYTES + 32 };

static unsigned taken;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key_file k, again;
    folder_make(KEY_FILE);
    folder_write(data, size);
    enum err e = key_file_read(&k, folder);
    MUST((e == OK) == (size == FILE_BYTES && memcmp(data, "APCONS01", 8) == 0));
    MUST(e == OK || e == ERR_MALFORMED);
    if (e) return 0;
    taken++;
    MUST(memcmp(k.account.bytes, data + 8, ID_BYTES) == 0 && memcmp(k.seed, data + 8 + ID_BYTES, 32) == 0);
    MUST(key_file_write(&k, folder) == OK);
    MUST(key_file_read(&again, folder) == OK && memcmp(&again, &k, sizeof(k)) == 0);
    return 0;
}

const char *fuzz_unreached(void)
{
    return taken ? NULL : "no file was ever taken";
}
