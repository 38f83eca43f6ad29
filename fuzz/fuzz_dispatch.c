/* Messages as browsers send them, from eight people to one server: each is parsed, judged by the rules,
 * stored, and answered. The input is a script: script.h. The corpus must get an "ok" for every command there
 * is. */
#include "script.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    script_start();
    play((struct view){data, size});
    everybody_goes();
    club_close();
    return 0;
}

const char *fuzz_unreached(void)
{
    static const char *const names[] = {
#define X(kind, wire) [COMMAND_##kind] = #kind,
        COMMANDS(X)
#undef X
    };
    static char list[2048] = "never accepted:";
    size_t none = strlen(list);
    for (unsigned i = 0; i < COMMAND_COUNT; i++)
        if (!reached[i] && strlen(list) + strlen(names[i]) + 2 < sizeof(list)) {
            strcat(list, " ");
            strcat(list, names[i]);
        }
    return strlen(list) > none ? list : NULL;
}
