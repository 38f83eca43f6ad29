/* The session file of `aparte trace`: whatever it holds, it is taken or refused with a sentence, and given back. */
#include <string.h>

#include "must.h"
#include "trace/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session s;
    char why[200] = "";
    if (session_parse(&s, (const char *)data, size, why, sizeof(why))) {
        MUST(strlen(why) > 10);
        return 0;
    }
    MUST(s.listener_count > 0 && s.speaker_count > 0);
    session_free(&s);
    return 0;
}
