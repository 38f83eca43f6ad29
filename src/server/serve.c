#include "server/serve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "crypt/sign.h"
#include "server/bundle.h"
#include "server/control.h"
#include "server/replay.h"
#include "server/sandbox.h"
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

/* ---- start, in order ------------------------------------------------------------------------------ */

static enum err take_folder(struct serve *s)
{
    static const char must_write[] = "; the server's user must be able to write there.";
    char path[CONFIG_PATH_BYTES + 8];
    const char *folder = s->config.data;
    snprintf(path, sizeof path, "%s/lock", folder);
    if (mkdir(folder, 0700) && errno != EEXIST) {
        snprintf(s->why, sizeof s->why, "--data %s: %s%s", folder, strerror(errno), must_write);
        return ERR_SYSTEM;
    }
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0) return OK;
    if (s->lock >= 0 && errno == EWOULDBLOCK)
        snprintf(s->why, sizeof s->why, "--data %s: another aparte is using this data folder.", folder);
    else
        snprintf(s->why, sizeof s->why, "--data %s: %s%s", folder, strerror(errno), must_write);
    return ERR_SYSTEM;
}

static enum err start_media(struct serve *s, struct control_config *control)
{
    struct media_config media = {.threads = s->config.media_threads,
                                 .pin = s->config.media_affinity,
                                 .tap_path = s->config.tap[0] ? s->config.tap : NULL,
                                 .wake = control_wake,
                                 .user = &s->control};
    struct sockaddr_storage at[LIMIT_MEDIA_ADDRESSES];
    enum err e = config_media_addresses(&s->config, at, &media.address_count);
    if (e) return fail(s, e, "--media-address");
    for (size_t i = 0; i < media.address_count; i++) {
        media.addresses[i].at = at[i];
        if (config_http_at(&s->config, &at[i])) media.addresses[i].http_port = s->config.listen_port;
        const void *bytes = at[i].ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&at[i])->sin_addr
                                                       : (void *)&((struct sockaddr_in6 *)&at[i])->sin6_addr;
        inet_ntop(at[i].ss_family, bytes, control->media_addresses[i], sizeof control->media_addresses[i]);
    }
    e = media_start(&s->media, &media);
    if (e)
        snprintf(s->why, sizeof s->why,
                 "cannot take UDP ports %u to %u on %s%s%s for media (--media-port, --media-address).",
                 s->config.media_port, s->config.media_port + s->config.media_threads - 1,
                 control->media_addresses[0], media.address_count > 1 ? " and " : "",
                 control->media_addresses[1]);
    control->media = s->media;
    return e;
}

static enum err start_rules(struct serve *s, const struct control_config *config)
{
    enum err e = control_new(&s->control, config);
    if (e) return fail(s, e, "the rules");
    struct store_reader to = replay_into(control_rooms(s->control));
    e = store_sqlite.replay(s->store, &to);
    if (e) return fail(s, e, "what the store holds does not verify: restore a backup");
    e = store_queue_start(&s->queue, &store_sqlite, s->store, control_wake, &s->control);
    return e ? fail(s, e, "the store's thread") : OK;
}

/* Browsers that have a client keep it rather than take one in pieces. */
static void name_client(const struct static_files *files)
{
    struct bundle b;
    if (bundle_of(files, &b)) return;
    LOG_INFO("serve", "The client is %s", b.hex);
    if (!b.whole) LOG_WARN("serve", "bundle.txt names another client: browsers will not take this one");
}

static uint64_t civil_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static enum err start(struct serve *s)
{
    struct control_config control = {.club_name = view_str(s->config.name),
                                     .words = {.about = view_str(s->config.about),
                                               .about_fr = view_str(s->config.about_fr),
                                               .contact = view_str(s->config.contact)},
                                     .media_port = s->config.media_port,
                                     .media_threads = s->config.media_threads,
                                     .trace_days = s->config.trace_days,
                                     .clock_ms = civil_ms};
    enum err e = static_load(&s->files, s->config.web, s->why, sizeof s->why);
    if (e) return e;
    name_client(&s->files);
    e = take_folder(s);
    if (e) return e;
    control.data_folder = s->lock;
    e = store_sqlite.open(&s->store, s->config.data);
    if (e) return fail(s, e, "the store in --data");
    e = sandbox_files(&s->config, s->why, sizeof s->why); /* no thread has been started yet */
    if (!e) e = start_media(s, &control);
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

#ifdef APARTE_TEST_HOOKS
/* What somebody who took this process over would get of a file. */
static void probe(const char *path)
{
    int in = open(path, O_RDONLY | O_CLOEXEC);
    const char *reading = in < 0 ? strerror(errno) : "done";
    int out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const char *writing = out < 0 ? strerror(errno) : "done";
    LOG_INFO("serve", "probe: reading: %s; writing: %s", reading, writing);
    if (in >= 0) close(in);
    if (out >= 0) close(out);
}
#endif

static int run(struct serve *s)
{
    enum err e = sandbox_process(s->config.media_threads, s->why, sizeof s->why);
    if (!e) e = start(s);
    const char *origin = e ? "" : http_origins(s->http)->list[0];
    if (!e) e = setup_offer(control_rooms(s->control), &store_sqlite, s->store, origin);
    if (e && !s->why[0]) fail(s, e, "the founder's link");
    if (!e) {
        LOG_INFO("serve", "Listening on %s, %u media threads", origin, s->config.media_threads);
#ifdef APARTE_TEST_HOOKS
        if (s->config.probe[0]) probe(s->config.probe);
#endif
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
