/* `aparte serve`: owns everything that runs. Returns the exit code: 0 after SIGINT or SIGTERM, 1 for a
 * machine that does not play along, 2 for a wrong option. */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

int serve_main(int argc, char **argv); /* argv: the flags */
int check_config_main(int argc, char **argv);

#endif
