/* aparte-soak: does a server that has run for an hour look as it did after a minute? A thousand people with
 * WebSocket, ICE, DTLS and SRTP come to fifty rooms and go, with everything that goes wrong on the way
 * (soak_people.c, soak_noise.c). Prints a line of JSON every ten seconds and one that judges. */
#include "soak.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 4096, EMPTY_MS = 40000, PAYLOAD_BYTES = 120, FIRST_PORT = 40000 };
enum { STOP_MS = 45000, STOP_LEAST_MS = 100, STOP_MORE_MS = 400, NOISE_MS = 100, NOISE = 20, RUDE_MS = 1000 };
static const uint64_t NS_PER_MS = 1000000;
static const char ADDRESS[] = "127.0.0.1";
static const struct faults_rates BAD = {.lost = 20, .twice = 10, .late = 10};
static const uint32_t EVERY_MS[EVENTS] = {[EVENT_STAGE] = 1000, [EVENT_BACK] = 3000,    [EVENT_END] = 60000,
                                          [EVENT_BAN] = 20000,  [EVENT_REMOVE] = 20000, [EVENT_MOVE] = 1000};

static volatile sig_atomic_t over;

static void end(int signal)
{
    (void)signal;
    over = 1;
}

/* Another process wakes it up again: ours may be waiting for its answer. */
static void stop_server(struct soak *s)
{
    static pid_t waker;
    if (waker > 0) waitpid(waker, NULL, 0);
    useconds_t us = (STOP_LEAST_MS + soak_draw(s, STOP_MORE_MS)) * 1000u;
    pid_t server = s->server.process.pid;
    waker = fork();
    if (waker < 0) return;
    if (waker == 0) {
        kill(server, SIGSTOP);
        usleep(us);
        kill(server, SIGCONT);
        _exit(0);
    }
    s->counts.stops++;
}

static bool due(const struct soak *s, uint64_t *at, uint32_t every)
{
    if (s->now_ms < *at) return false;
    bool first = *at == 0;
    *at = s->now_ms + every;
    return !first;
}

static bool run(struct soak *s, struct samples *m, uint64_t until_ms)
{
    uint64_t sample = 0, stop = 0, noise = 0, rude = 0, events[EVENTS] = {0};
    while (!over && s->now_ms < until_ms) {
        people_step(s);
        for (unsigned i = 0; i < EVENTS; i++)
            if (due(s, &events[i], EVERY_MS[i])) people_event(s, i);
        if (due(s, &noise, NOISE_MS)) noise_datagrams(s, NOISE);
        if (due(s, &rude, RUDE_MS)) noise_connection(s);
        if (due(s, &stop, STOP_MS)) stop_server(s);
        if (due(s, &sample, SAMPLE_MS) && !samples_take(m)) {
            fputs("soak: the server does not answer\n", stderr);
            return false;
        }
    }
    return true;
}

static bool empty_in_time(struct soak *s, struct samples *m)
{
    uint64_t give_up = wall_ns() / NS_PER_MS + EMPTY_MS;
    while (wall_ns() / NS_PER_MS < give_up) {
        if (samples_empty(m)) return true;
        for (int i = 0; i < SOAK_CROWDS; i++) crowd_step(&s->crowds[i], wall_ns() + 100 * NS_PER_MS);
    }
    return false;
}

static enum err open_all(struct soak *s, const char *path)
{
    struct rlimit files = {FILES, FILES};
    struct server_config config = {
        .path = path, .address = ADDRESS, .media_port = "7000", .media_threads = "2", .place = {.cpu = -1}};
    if (setrlimit(RLIMIT_NOFILE, &files) != 0) perror("soak: open files");
    enum err e = server_start(&s->server, &config);
    s->club = (struct club){.server = s->server.http, .origin = SERVER_ORIGIN};
    for (int i = 0; i < SOAK_CROWDS && !e; i++)
        e = crowd_init(&s->crowds[i], &(struct crowd_config){.capacity = SOAK_PEOPLE / SOAK_CROWDS,
                                                             .first = 0x7f010000 + ((in_addr_t)i << 21),
                                                             .port = (uint16_t)(FIRST_PORT + i),
                                                             .payload_bytes = PAYLOAD_BYTES,
                                                             .faults = i ? &BAD : NULL});
    return e;
}

static bool soak(struct soak *s, const char *path, double minutes)
{
    struct samples *m = NULL;
    enum err e = open_all(s, path);
    if (!e) e = samples_new(&m, s);
    if (!e) e = people_init(s);
    if (e) fprintf(stderr, "soak: %s\n", err_sentence(e));
    bool lived = !e && run(s, m, s->now_ms + (uint64_t)(minutes * 60000)), well = false;
    if (!e) people_go(s);
    bool empty = lived && empty_in_time(s, m);
    int status = server_stop(&s->server);
    if (!e) well = samples_judge(m, status, empty) && lived;
    samples_free(m);
    for (int i = 0; i < SOAK_CROWDS; i++) crowd_deinit(&s->crowds[i]);
    return well;
}

int main(int argc, char **argv)
{
    double minutes = argc == 3 ? atof(argv[1]) : 0;
    struct soak *s = calloc(1, sizeof(*s));
    if (!s || !(minutes > 0 && minutes < 10000)) {
        fputs("usage: aparte-soak MINUTES PATH-OF-APARTE\n", stderr);
        free(s);
        return 2;
    }
    s->state = wall_ns();
    signal(SIGINT, end), signal(SIGTERM, end);
    bool well = soak(s, argv[2], minutes);
    free(s);
    return well ? 0 : 1;
}
