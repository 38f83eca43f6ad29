/* The operator's commands against a server that says anything. Input: a line with the command and its
 * arguments, then what comes over the local socket. Whatever it is, the command ends with one of its exit
 * codes, and with --json it has printed one object; without a word of a server nothing was done. */
#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/cli.h"
#include "folder.h"

#define SOCKET_NAME "aparte.sock"

enum { WORDS = 8, LINE_BYTES = 512 };

static const char key_file[] = "APCONS01accountaccount..seedseedseedseedseedseedseedseed";

static int trace_main(int argc, char **argv)
{
    char path[128], *json = argc && strcmp(argv[0], "--json") == 0 ? argv[0] : NULL;
    snprintf(path, sizeof(path), "%s/%s", folder, folder_file);
    const char *const releases[2] = {path, path};
    int code;
    json_t *ledger = leak_fetch(folder, releases, &code);
    MUST(!ledger == (code != CLI_DONE));
    json_decref(ledger);
    return json ? CLI_REFUSED : code;
}

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
} commands[] = {{"console", console_main}, {"members", members_main}, {"status", status_main},
                {"invite", invite_main},   {"invites", invites_main}, {"revoke", revoke_main},
                {"ban", ban_main},         {"unban", unban_main},     {"hold", hold_main},
                {"release", release_main}, {"role", role_main},       {"delete", delete_main},
                {"export", export_main},   {"trace", trace_main}};
enum { COMMANDS_N = sizeof(commands) / sizeof(*commands) };

static unsigned done[COMMANDS_N];

/* ---- the server ---- */

static struct server {
    int listener;
    const uint8_t *says;
    size_t len;
} server;

static void *serve(void *unused)
{
    char heard[4096];
    int fd = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC);
    (void)unused;
    if (fd < 0) return NULL; /* nobody called */
    for (size_t sent = 0; sent < server.len;) {
        ssize_t n = send(fd, server.says + sent, server.len - sent, MSG_NOSIGNAL);
        if (n <= 0) break;
        sent += (size_t)n;
    }
    shutdown(fd, SHUT_WR);
    while (recv(fd, heard, sizeof(heard), 0) > 0) continue;
    close(fd);
    return NULL;
}

static void listen_in(void)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/" SOCKET_NAME, folder);
    unlink(at.sun_path);
    server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    MUST(server.listener >= 0 && bind(server.listener, (const struct sockaddr *)&at, sizeof(at)) == 0);
    MUST(listen(server.listener, 1) == 0);
}

static void hang_up(pthread_t thread)
{
    char path[128];
    shutdown(server.listener, SHUT_RDWR); /* ends an accept that nobody will come to */
    MUST(pthread_join(thread, NULL) == 0);
    close(server.listener);
    snprintf(path, sizeof(path), "%s/" SOCKET_NAME, folder);
    unlink(path);
}

/* ---- the command ---- */

/* What it prints goes into `text`, the caller's to free; both streams are as they were. */
static int run(unsigned command, int argc, char **argv, char **text)
{
    FILE *out = stdout, *err = stderr;
    size_t len;
    stdout = open_memstream(text, &len);
    stderr = fopen("/dev/null", "w");
    bool good = stdout && stderr;
    int code = good ? commands[command].main(argc, argv) : CLI_REFUSED;
    if (stdout) fclose(stdout);
    if (stderr) fclose(stderr);
    stdout = out;
    stderr = err;
    MUST(good);
    return code;
}

static void check(unsigned command, int code, bool json, const char *text)
{
    MUST(code >= CLI_DONE && code <= CLI_NO_MEMBER);
    MUST(code != CLI_DONE || (server.len && memmem(server.says, server.len, "true", 4))); /* it said so */
    if (code == CLI_DONE) done[command]++;
    if (!json || code == CLI_USAGE || commands[command].main == trace_main) return;
    json_t *result = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    MUST(json_is_object(result));
    MUST(!json_object_get(result, "error") == (code == CLI_DONE));
    json_decref(result);
}

static void play(unsigned command, int argc, char **argv, bool json)
{
    pthread_t thread;
    char *text = NULL;
    if (commands[command].main == trace_main)
        folder_write((const uint8_t *)"AQAQ", 4);
    else
        folder_write((const uint8_t *)key_file, sizeof(key_file) - 1);
    listen_in();
    MUST(pthread_create(&thread, NULL, serve, NULL) == 0);
    int code = run(command, argc, argv, &text);
    hang_up(thread);
    check(command, code, json, text);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[LINE_BYTES + 1], *argv[WORDS + 2], *save = NULL;
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t len = end ? (size_t)(end - data) : size;
    unsigned command = 0;
    int argc = 0;
    bool json = false;
    if (len > LINE_BYTES) return 0;
    memcpy(line, data, len);
    line[len] = 0;
    const char *name = strtok_r(line, " ", &save);
    while (name && command < COMMANDS_N && strcmp(commands[command].name, name)) command++;
    if (!name || command == COMMANDS_N) return 0;
    folder_make("console.key");
    server.says = data + len + (end != NULL);
    server.len = size - len - (end != NULL);
    for (char *word; argc < WORDS && (word = strtok_r(NULL, " ", &save));) {
        if (strncmp(word, "--data", 6) == 0) return 0; /* of another folder */
        json |= strcmp(word, "--json") == 0;
        argv[argc++] = word;
    }
    MUST(setenv("APARTE_DATA", folder, 1) == 0);
    argv[argc] = NULL;
    play(command, argc, argv, json);
    return 0;
}

const char *fuzz_unreached(void)
{
    static char list[256] = "never done:";
    size_t none = strlen(list);
    for (unsigned i = 0; i < COMMANDS_N; i++)
        if (!done[i]) strcat(strcat(list, " "), commands[i].name);
    return strlen(list) > none ? list : NULL;
}
