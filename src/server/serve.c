#include "server/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "crypt/sign.h"
#include "server/control.h"
#include "server/setup.h"

enum { EXIT_MACHINE = 1, EXIT_OPTION = 2, WHY_BYTES = 2048 };

struct serve {
    struct config config;
    struct static_files files;
    int lock;
    struct store *store;
    struct store_queue *queue;
    struct media *media;
    struct control *control;
    struct http *http;
    struct local *local;
    char why[WHY_BYTES];
};

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
    (void)signal;
    stop = 1; /* the loop looks at it at every tick */
}

static enum err fail(struct serve *s, enum err e, const char *what)
{
    snprintf(s->why, sizeof s->why, "%s: %s", what, err_sentence(e));
    return e;
}

/* ---- the process ---------------------------------------------------------------------------------- */

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* No core dump and no debugger sees keys in memory; nothing that is started gains rights; files are the
 * owner's. */
static void harden(void)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ /* the leak check at exit attaches to its own process */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    umask(077);
}

static void raise_file_limit(unsigned media_threads)
{
    struct rlimit files;
    const rlim_t wanted = LIMIT_SOCKETS + 2048 + media_threads * LIMIT_STREAMS;
    if (getrlimit(RLIMIT_NOFILE, &files)) return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur < wanted)
        LOG_WARN("serve", "this process may open %llu files only", (unsigned long long)files.rlim_cur);
}

/* ---- start, in order ------------------------------------------------------------------------------ */

static enum err take_folder(struct serve *s)
{
    char path[CONFIG_PATH_BYTES + 8];
    const char *folder = s->config.data;
    snprintf(path, sizeof path, "%s/lock", folder);
    if (mkdir(folder, 0700) && errno != EEXIST) {
        snprintf(s->why, sizeof s->why, "--data %s: %s.", folder, strerror(errno));
        return ERR_SYSTEM;
    }
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0) return OK;
    if (s->lock >= 0 && errno == EWOULDBLOCK)
        snprintf(s->why, sizeof s->why, "--data %s: another aparte is using this data folder.", folder);
    else
        snprintf(s->why, sizeof s->why, "--data %s: %s.", folder, strerror(errno));
    return ERR_SYSTEM;
}

static enum err start_media(struct serve *s, struct control_config *control)
{
    struct media_config media = {.threads = s->config.media_threads,
                                 .pin = s->config.media_affinity,
                                 .tap_path = s->config.tap[0] ? s->config.tap : NULL,
                                 .wake = control_wake,
                                 .user = &s->control};
    enum err e = config_media_address(&s->config, &media.address);
    if (e) return fail(s, e, "--media-address");
    if (config_http_at(&s->config, &media.address)) media.http_port = s->config.listen_port;
    const void *bytes = media.address.ss_family == AF_INET
                            ? (void *)&((struct sockaddr_in *)&media.address)->sin_addr
                            : (void *)&((struct sockaddr_in6 *)&media.address)->sin6_addr;
    inet_ntop(media.address.ss_family, bytes, control->media_address, sizeof control->media_address);
    e = media_start(&s->media, &media);
    if (e)
        snprintf(s->why, sizeof s->why,
                 "cannot take UDP ports %u to %u on %s for media (--media-port, --media-address).",
                 s->config.media_port, s->config.media_port + s->config.media_threads - 1,
                 control->media_address);
    control->media = s->media;
    return e;
}

static enum err replay_entry(void *user, const struct store_entry *e)
{
    return rooms_replay(control_rooms(user), e->n, e->record, e->head);
}

static enum err replay_profile(void *user, const struct store_profile *p)
{
    struct profile_info is = {p->name, p->handle, p->bio, p->picture};
    return rooms_replay_profile(control_rooms(user), p->account, &is);
}

static enum err replay_passkey(void *user, struct id account, const struct store_passkey *k)
{
    struct passkey_info is = {k->credential, k->data};
    return rooms_replay_passkey(control_rooms(user), account, &is);
}

static enum err start_rules(struct serve *s, const struct control_config *config)
{
    enum err e = control_new(&s->control, config);
    if (e) return fail(s, e, "the rules");
    struct store_reader to = {replay_entry, replay_profile, replay_passkey, s->control};
    e = store_sqlite.replay(s->store, &to);
    if (e) return fail(s, e, "the member log and the profiles do not verify");
    e = store_queue_start(&s->queue, &store_sqlite, s->store, control_wake, &s->control);
    return e ? fail(s, e, "the store's thread") : OK;
}

static enum err start(struct serve *s)
{
    struct control_config control = {.club_name = view_str(s->config.name)};
    enum err e = static_load(&s->files, s->config.web, s->why, sizeof s->why);
    if (e) return e;
    e = take_folder(s);
    if (e) return e;
    e = store_sqlite.open(&s->store, s->config.data);
    if (e) return fail(s, e, "the store in --data");
    e = start_media(s, &control);
    if (!e) e = start_rules(s, &control);
    if (e) return e;
    struct http_hooks hooks = control_hooks(s->control);
    e = http_new(&s->http, &s->config, &s->files, &hooks, s->why, sizeof s->why);
    if (!e) e = local_new(&s->local, s->config.data, &hooks, s->why, sizeof s->why);
    if (e) return e;
    if (http_watch(s->http, local_fd(s->local), local_step, s->local))
        return fail(s, ERR_SYSTEM, LOCAL_SOCKET);
    control_attach(s->control, s->http, s->local, s->queue);
    return OK;
}

/* Threads end before what they wake, and the store last. */
static void end(struct serve *s)
{
    if (s->control) control_attach(s->control, NULL, NULL, NULL);
    if (s->queue) store_queue_stop(s->queue);
    if (s->media) media_stop(s->media);
    http_free(s->http);
    local_free(s->local);
    control_free(s->control);
    if (s->store) store_sqlite.close(s->store);
    static_free(&s->files);
    if (s->lock >= 0) close(s->lock);
}

static int run(struct serve *s)
{
    enum err e = start(s);
    const char *origin = e ? "" : http_origins(s->http)->list[0];
    if (!e) e = setup_offer(control_rooms(s->control), &store_sqlite, s->store, origin);
    if (e && !s->why[0]) fail(s, e, "the founder's link");
    if (!e) {
        LOG_INFO("serve", "Listening on %s, %u media threads", origin, s->config.media_threads);
        http_set_ready(s->http, true);
        http_run(s->http, &stop);
        http_set_ready(s->http, false);
        LOG_INFO("serve", "stopped");
    }
    end(s);
    if (e) fprintf(stderr, "aparte: %s\n", s->why);
    return e ? EXIT_MACHINE : EXIT_SUCCESS;
}

int serve_main(int argc, char **argv)
{
    struct serve *s = calloc(1, sizeof *s);
    if (!s) return EXIT_MACHINE;
    s->lock = -1;
    int code = EXIT_OPTION;
    if (config_load(&s->config, argc, argv, s->why, sizeof s->why)) {
        fprintf(stderr, "aparte: %s\n", s->why);
    } else {
        log_set_level(s->config.log);
        catch_signals();
        harden();
        raise_file_limit(s->config.media_threads);
        code = run(s);
    }
    free(s);
    return code;
}

int check_config_main(int argc, char **argv)
{
    struct config config;
    struct static_files files;
    char why[WHY_BYTES];
    if (config_load(&config, argc, argv, why, sizeof why) ||
        static_load(&files, config.web, why, sizeof why)) {
        fprintf(stderr, "aparte: %s\n", why);
        return EXIT_OPTION;
    }
    static_free(&files);
    puts("The configuration is good.");
    return EXIT_SUCCESS;
}
