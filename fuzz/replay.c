/* Runs a fuzz target over every file of a folder and over every prefix of each file: the corpus as an ordinary test.
 * `--whole` leaves the prefixes out, for scripts that are checked after every step. Prints how many inputs it ran; none
 * is a failure, and so is a corpus that does not reach what the target says it should. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *fuzz_unreached(void) __attribute__((weak));

static size_t run_file(const char *path, bool prefixes)
{
    FILE *f = fopen(path, "rb");
    if (!f) return 0;
    static uint8_t buf[1 << 16];
    size_t n = fread(buf, 1, sizeof buf, f), runs = 0;
    fclose(f);
    for (size_t len = 0; prefixes && len <= n; len += len < 256 ? 1 : 97, runs++) {
        uint8_t *exact = malloc(len ? len : 1); /* so that ASan sees one byte too far */
        if (!exact) abort();
        memcpy(exact, buf, len);
        LLVMFuzzerTestOneInput(exact, len);
        free(exact);
    }
    LLVMFuzzerTestOneInput(buf, n);
    return runs + 1;
}

int main(int argc, char **argv)
{
    size_t runs = 0;
    bool prefixes = argc < 2 || strcmp(argv[1], "--whole") != 0;
    for (int i = prefixes ? 1 : 2; i < argc; i++) {
        DIR *d = opendir(argv[i]);
        if (!d) continue;
        for (struct dirent *e; (e = readdir(d));) {
            char path[4096];
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            runs += run_file(path, prefixes);
        }
        closedir(d);
    }
    const char *unreached = fuzz_unreached ? fuzz_unreached() : NULL;
    printf("%zu inputs%s%s\n", runs, unreached ? ", but " : "", unreached ? unreached : "");
    return !runs || unreached;
}
