#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/config.h"
#include "server/serve.h"

enum { EXIT_USAGE = 2 };

static int version_main(int argc, char **argv)
{
    (void)argc, (void)argv;
    puts("aparte " APARTE_VERSION);
    return EXIT_SUCCESS;
}

static const struct {
    const char *name;
    int (*main)(int argc, char **argv); /* without the program's and the subcommand's name */
    const char *help;
} commands[] = {
    {"serve", serve_main, "run the server until SIGINT or SIGTERM"},
    {"check-config", check_config_main, "say whether serve would accept these options"},
    {"version", version_main, "print the version"},
};
enum { SUBCOMMANDS = sizeof commands / sizeof *commands };

static void usage(void)
{
    puts(
        "aparte: live audio rooms that stay between the people in them\n\nUsage: aparte COMMAND [OPTIONS]\n");
    for (size_t i = 0; i < SUBCOMMANDS; i++) printf("  %-16s %s\n", commands[i].name, commands[i].help);
    puts("\nOptions, each also as an environment variable:\n");
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
