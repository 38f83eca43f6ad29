#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "cli/cli.h"
#include "server/bundle.h"
#include "server/config.h"
#include "server/serve.h"
#include "trace/trace.h"

enum { EXIT_USAGE = 2 };

static void print_bounds(void)
{
    const char *part = "";
    for (size_t i = 0; i < bound_count; i++) {
        const struct bound *b = &bounds[i];
        if (strcmp(b->part, part)) printf("\n%s\n", part = b->part);
        printf("  %-28s %11lld%s%s\n", b->name, b->value, *b->what ? "  " : "", b->what);
    }
}

/* Of the client that a server with this environment serves. */
static void print_client(void)
{
    struct config config;
    struct static_files files;
    struct bundle bundle;
    char why[2048];
    if (config_load(&config, 0, NULL, why, sizeof why) ||
        static_load(&files, config.web, why, sizeof why)) {
        printf("client: %s\n", why);
        return;
    }
    if (!bundle_of(&files, &bundle))
        printf("client %s (%s)\n", bundle.hex,
               !bundle.whole       ? "not as built: bundle.txt names other files"
               : bundle.is_signed ? "signed"
                                   : "unsigned");
    static_free(&files);
}

static int version_main(int argc, char **argv)
{
    bool with_bounds = argc == 1 && strcmp(argv[0], "--limits") == 0;
    if (argc && !with_bounds) {
        fprintf(stderr, "aparte: version takes --limits or nothing, not \"%.40s\".\n", argv[0]);
        return EXIT_USAGE;
    }
    puts("aparte " APARTE_VERSION);
    print_client();
    if (with_bounds) print_bounds();
    return EXIT_SUCCESS;
}

static int leak_main(int argc, char **argv)
{
    return trace_main(argc, argv, leak_fetch);
}

static const struct {
    const char *name;
    int (*main)(int argc, char **argv); /* without the program's and the subcommand's name */
    const char *help;
} commands[] = {
    {"serve", serve_main, "run the server until SIGINT or SIGTERM"},
    {"check-config", check_config_main, "say whether serve would accept these options"},
    {"console", console_main, "LINK: make this machine's console a member of the club"},
    {"status", status_main, "how many members, rooms and people there are, and what looks like a relay"},
    {"members", members_main, "list the members"},
    {"invite", invite_main, "make invitation links (--count N, --hours H)"},
    {"invites", invites_main, "list the console's invitations and what became of them"},
    {"revoke", revoke_main, "LINK or KEY: withdraw an invitation"},
    {"ban", ban_main, "WHOM: out of the club for good"},
    {"unban", unban_main, "WHOM: take a ban back"},
    {"hold", hold_main, "WHOM: hold for review all whom they brought in"},
    {"release", release_main, "WHOM: release somebody who is held (--subtree: and all below)"},
    {"role", role_main, "WHOM admin or member: change a rank"},
    {"export", export_main, "WHOM: print everything that is stored about them"},
    {"delete", delete_main, "WHOM: delete the account and what is stored about it"},
    {"trace", leak_main,
     "RECORDING: name the account that a recording came from; two admins release what it takes"},
    {"version", version_main,
     "print the version and the hash of the client; --limits: and every bound of the server with its value"},
};
enum { SUBCOMMANDS = sizeof commands / sizeof *commands };

static void usage(void)
{
    puts(
        "aparte: live audio rooms that stay between the people in them\n\nUsage: aparte COMMAND [OPTIONS]\n");
    for (size_t i = 0; i < SUBCOMMANDS; i++) printf("  %-16s %s\n", commands[i].name, commands[i].help);
    puts("\nWHOM is an account id, @handle or a name that only one member has. From console to delete, a "
         "server runs "
         "on the\ndata folder (--data DIR or APARTE_DATA); --json prints one JSON object.\n"
         "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 no server, 4 the console is not a "
         "member.\n\n"
         "Options of serve and check-config, each also as an environment variable:\n");
    config_help();
}

static bool asks_help(const char *arg)
{
    return !strcmp(arg, "--help") || !strcmp(arg, "-h") || !strcmp(arg, "help");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 2 || asks_help(argv[1]) || (argc > 2 && asks_help(argv[2]))) {
        usage();
        return argc < 2 ? EXIT_USAGE : EXIT_SUCCESS;
    }
    for (size_t i = 0; i < SUBCOMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0) return commands[i].main(argc - 2, argv + 2);
    fprintf(stderr, "aparte: there is no command \"%.40s\". See: aparte help\n", argv[1]);
    return EXIT_USAGE;
}
