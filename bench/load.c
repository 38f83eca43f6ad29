/* aparte-load: many clients with real ICE, DTLS and SRTP against one server, all on one core.
 *
 * Brings everyone in, prints {"ready":...}, then obeys one command a line on standard input:
 *
 *   measure SECONDS RATE ROOMS   speakers of the first ROOMS rooms say RATE packets a second for so long
 *   twin 0|1                     speakers say all they say in two variants, in step, or no longer
 *   quit                         so does the end of input
 *
 * and prints one JSON object for each: what was sent, received, lost or wrong, the latency, and the CPU time
 * and memory that the server's process used meanwhile. More than one core: run several, each with its own
 * --first and --port. */
#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"
#include "target.h"

enum { OPUS = 111, LEVEL_EXT = 1, LOUD = 20, DRAIN_MS = 300, DRAIN_MOST_MS = 10000, STATS_BYTES = 2048 };
static const uint64_t NS_PER_MS = 1000000;

struct options {
    const char *target;
    uint32_t rooms, speakers, listeners; /* the latter two per room */
    uint32_t at_once;                    /* handshakes in flight */
    uint32_t payload;
    in_addr_t first;
    uint16_t port;
    int cpu;
    struct process_place place; /* of the server */
    bool stamps, spread;        /* spread: the speakers' packets do not come at the same moment */
};

struct load {
    struct options o;
    const struct target_row *row;
    struct target *target;
    struct crowd crowd;
    uint64_t unsaid;
};

/* ---- options ---- */

static int usage(void)
{
    fputs("usage: aparte-load [--rooms 1] [--speakers 1] [--listeners 100] [--payload 148] [--first "
          "127.1.0.0]\n"
          "         [--port 40000] [--at-once 64] [--cpu N] [--server-cpu N]\n"
          "         [--server-netns PATH] [--stamps] [--spread] TARGET\n"
          "  host:PATH,IPV4,PORT,THREADS   a media-host of its own\n"
          "  janus:IPV4,LOOPS              a Janus of its own, with so many event loops (0: its default)\n"
          "  club:PATH,IPV4,PORT,THREADS   an aparte server of its own, by its WebSocket\n"
          "  room:IPV4,PORT,ORIGIN,PID,SEED,ROOM,FOUNDER,INVITE   a room of a server that runs already\n",
          stderr);
    return 2;
}

static bool number(const char *s, unsigned long low, unsigned long high, unsigned long *out)
{
    char *end;
    *out = strtoul(s, &end, 10);
    return *s && !*end && *out >= low && *out <= high;
}

static bool set_option(struct options *o, int c, const char *arg)
{
    unsigned long n = 0;
    struct in_addr a;
    switch (c) {
    case 'f':
        if (inet_pton(AF_INET, arg, &a) != 1) return false;
        o->first = ntohl(a.s_addr);
        return true;
    case 't':
        o->stamps = true;
        return true;
    case 'n':
        o->place.netns = arg;
        return true;
    case 'd':
        o->spread = true;
        return true;
    case 'a':
        return number(arg, 1, 4096, &n) && (o->at_once = (uint32_t)n);
    case 'c':
    case 'C':
        if (!number(arg, 0, 1023, &n)) return false;
        *(c == 'c' ? &o->cpu : &o->place.cpu) = (int)n;
        return true;
    case 'p':
        return number(arg, 1, 65534, &n) && (o->port = (uint16_t)n);
    case 'y':
        return number(arg, 16, LIMIT_RTP_PAYLOAD_BYTES, &n) && (o->payload = (uint32_t)n);
    case 'r':
        return number(arg, 1, 1u << 20, &n) && (o->rooms = (uint32_t)n);
    case 's':
        o->speakers = number(arg, 0, LIMIT_STAGE, &n) ? (uint32_t)n : UINT32_MAX;
        return o->speakers <= LIMIT_STAGE;
    case 'l':
        o->listeners = number(arg, 0, 65000, &n) ? (uint32_t)n : UINT32_MAX;
        return o->listeners <= 65000;
    default:
        return false;
    }
}

static bool parse_options(struct options *o, int argc, char **argv)
{
    static const struct option LONG[] = {{"rooms", 1, NULL, 'r'},
                                         {"speakers", 1, NULL, 's'},
                                         {"listeners", 1, NULL, 'l'},
                                         {"payload", 1, NULL, 'y'},
                                         {"first", 1, NULL, 'f'},
                                         {"port", 1, NULL, 'p'},
                                         {"at-once", 1, NULL, 'a'},
                                         {"cpu", 1, NULL, 'c'},
                                         {"server-cpu", 1, NULL, 'C'},
                                         {"stamps", 0, NULL, 't'},
                                         {"spread", 0, NULL, 'd'},
                                         {"server-netns", 1, NULL, 'n'},
                                         {0}};
    *o = (struct options){.rooms = 1,
                          .speakers = 1,
                          .listeners = 100,
                          .payload = 148,
                          .at_once = 64,
                          .first = 0x7f010000,
                          .port = 40000,
                          .cpu = -1,
                          .place = {.cpu = -1}};
    for (int c; (c = getopt_long(argc, argv, "", LONG, NULL)) != -1;)
        if (!set_option(o, c, optarg)) return false;
    if (optind != argc - 1) return false;
    o->target = argv[optind];
    uint64_t all = (uint64_t)o->rooms * (o->speakers + o->listeners);
    return all >= 1 && all <= 1u << 20;
}

static const struct target_row *row_of(const char *target, const char **where)
{
    static const struct target_row *const ROWS[] = {&target_host, &target_janus, &target_club, &target_room};
    const char *colon = strchr(target, ':');
    for (size_t i = 0; colon && i < sizeof(ROWS) / sizeof(*ROWS); i++) {
        size_t n = strlen(ROWS[i]->name);
        if ((size_t)(colon - target) != n || memcmp(target, ROWS[i]->name, n) != 0) continue;
        *where = colon + 1;
        return ROWS[i];
    }
    return NULL;
}

static void step(struct load *l, uint64_t until_ns)
{
    crowd_step(&l->crowd, until_ns);
    if (l->row->breathe) l->row->breathe(l->target);
}

/* ---- coming in ---- */

static uint32_t seats_of(const struct options *o)
{
    return o->rooms * (o->speakers + o->listeners);
}

/* The speakers of all rooms come first. */
static struct seat seat_of(const struct options *o, uint32_t i)
{
    uint32_t speakers = o->rooms * o->speakers;
    if (i < speakers) return (struct seat){.number = i, .room = i / o->speakers, .speaker = true};
    return (struct seat){.number = i, .room = (i - speakers) / o->listeners};
}

static enum err bring_one(struct load *l, uint32_t i)
{
    struct seat seat = seat_of(&l->o, i);
    struct client *c = crowd_add(&l->crowd);
    if (!c) return ERR_FULL;
    struct terms *t = &c->terms;
    snprintf(t->ufrag, sizeof(t->ufrag), "u%07x", i);
    snprintf(t->pwd, sizeof(t->pwd), "password-of-client-%08x", i);
    t->self = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(l->o.port), .sin_addr.s_addr = htonl(c->address)};
    t->payload_type = OPUS;
    t->level_ext = LEVEL_EXT;
    t->ssrc[0] = 0x20000000 + 2 * i;
    t->ssrc[1] = t->ssrc[0] + 1;
    enum err e = l->row->add(l->target, &seat, &l->crowd.identity.fingerprint, t);
    if (!e) crowd_start(&l->crowd, c);
    return e;
}

static uint32_t settled(const struct load *l)
{
    return l->crowd.up + l->crowd.failed;
}

static enum err bring_all(struct load *l)
{
    uint32_t seats = seats_of(&l->o), speakers = l->o.rooms * l->o.speakers;
    enum err e = OK;
    for (uint32_t i = 0; i < seats && !e; i++) {
        uint32_t limit = i == speakers ? 1 : l->o.at_once; /* the speakers are there before anyone listens */
        while (i - settled(l) >= limit) step(l, wall_ns() + NS_PER_MS);
        e = bring_one(l, i);
        step(l, 0);
    }
    while (!e && settled(l) < seats) step(l, wall_ns() + NS_PER_MS);
    for (uint32_t i = 0; i < speakers && !e; i++) {
        struct seat s = seat_of(&l->o, i);
        e = l->row->speak(l->target, &s);
    }
    return e;
}

static enum err come_in(struct load *l)
{
    pid_t pid = l->row->pid(l->target);
    uint64_t start = wall_ns(), cpu = process_cpu_ns(pid), memory = process_memory_kb(pid);
    enum err e = bring_all(l);
    uint64_t took = wall_ns() - start;
    cpu = process_cpu_ns(pid) - cpu;
    const struct client *c = l->crowd.count ? &l->crowd.clients[0] : NULL;
    printf("{\"ready\":%s,\"up\":%u,\"failed\":%u,\"profile\":%d,\"join_ns\":%llu,\"join_cpu_ns\":%llu,"
           "\"memory_before_kb\":%llu,\"memory_kb\":%llu}\n",
           e || l->crowd.failed ? "false" : "true", l->crowd.up, l->crowd.failed, c ? (int)c->profile : 0,
           (unsigned long long)took, (unsigned long long)cpu, (unsigned long long)memory,
           (unsigned long long)process_memory_kb(pid));
    fflush(stdout);
    if (e) fprintf(stderr, "load: %s\n", err_sentence(e));
    return e;
}

/* ---- measuring ---- */

/* Until nothing has come for a while: what is on its way belongs to the window that it was sent in. */
static void drain(struct load *l)
{
    uint64_t now = wall_ns(), last = UINT64_MAX, quiet_end = 0, end = now + DRAIN_MOST_MS * NS_PER_MS;
    for (; now < end; now = wall_ns()) {
        if (l->crowd.tally.received != last) quiet_end = now + DRAIN_MS * NS_PER_MS;
        last = l->crowd.tally.received;
        if (now >= quiet_end) return;
        step(l, now + NS_PER_MS);
    }
}

/* Speaker k of a room is louder than speaker k + 1. */
static void say_all(struct load *l, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (client_say(&l->crowd.clients[i], &l->crowd.world, (uint8_t)(LOUD + i % l->o.speakers),
                       wall_ns()) != OK)
            l->unsaid++;
    port_flush(l->crowd.port);
}

static void talk(struct load *l, double seconds, uint32_t rate, uint32_t rooms)
{
    uint32_t speakers = rooms * l->o.speakers, parts = l->o.spread ? speakers : 1;
    if (rate == 0 || speakers == 0) parts = 0;
    uint64_t start = wall_ns(), length = (uint64_t)(seconds * 1e9), next = start;
    for (uint64_t turn = 0; wall_ns() < start + length;) {
        if (parts && wall_ns() >= next) {
            uint32_t part = (uint32_t)(turn % parts);
            say_all(l, (uint32_t)((uint64_t)speakers * part / parts),
                    (uint32_t)((uint64_t)speakers * (part + 1) / parts));
            turn++;
            next = start + (uint64_t)((double)turn * 1e9 / ((double)rate * parts));
        }
        step(l, parts && next < start + length ? next : start + length);
    }
}

struct reading {
    uint64_t wall_ns, server_ns, own_ns, missing, unsent;
};

static struct reading read_now(struct load *l)
{
    return (struct reading){wall_ns(), process_cpu_ns(l->row->pid(l->target)), process_cpu_ns(getpid()),
                            crowd_missing(&l->crowd), port_unsent(l->crowd.port)};
}

static void print_result(struct load *l, const struct reading *a, const struct reading *b)
{
    char stats[STATS_BYTES];
    const struct tally *t = &l->crowd.tally;
    l->row->stats(l->target, stats, sizeof(stats));
#define SHOW(name, value) printf("\"" name "\":%llu,", (unsigned long long)(value))
    putchar('{');
    SHOW("wall_ns", b->wall_ns - a->wall_ns), SHOW("server_cpu_ns", b->server_ns - a->server_ns);
    SHOW("load_cpu_ns", b->own_ns - a->own_ns), SHOW("memory_kb", process_memory_kb(l->row->pid(l->target)));
    SHOW("sent", t->sent), SHOW("expected", t->sent * (l->o.speakers - 1 + l->o.listeners));
    SHOW("received", t->received), SHOW("missing", b->missing - a->missing), SHOW("reordered", t->reordered);
    SHOW("second", t->second), SHOW("forged", t->forged), SHOW("doubled", t->doubled),
        SHOW("strange", t->strange);
    SHOW("refused", t->refused), SHOW("control", t->control), SHOW("unsaid", l->unsaid);
    SHOW("unsent", b->unsent - a->unsent), SHOW("p50_ns", histogram_quantile(&t->latency, 0.5));
    SHOW("p99_ns", histogram_quantile(&t->latency, 0.99)),
        SHOW("p999_ns", histogram_quantile(&t->latency, 0.999));
    SHOW("max_ns", t->latency.highest);
#undef SHOW
    printf("\"server\":%s}\n", stats);
    fflush(stdout);
}

static void measure(struct load *l, double seconds, uint32_t rate, uint32_t rooms)
{
    drain(l);
    l->crowd.tally = (struct tally){0};
    l->unsaid = 0;
    struct reading before = read_now(l);
    talk(l, seconds, rate, rooms);
    drain(l);
    struct reading after = read_now(l);
    print_result(l, &before, &after);
}

static void set_twin(struct load *l, bool live)
{
    uint32_t speakers = l->o.rooms * l->o.speakers, done = 0;
    for (uint32_t i = 0; i < speakers && l->row->twin; i++) {
        struct client *c = &l->crowd.clients[i];
        struct seat s = seat_of(&l->o, i);
        c->twin = live;
        done += l->row->twin(l->target, &s, live, client_timestamp(c)) == OK;
    }
    printf("{\"twin\":%s,\"speakers\":%u}\n", live ? "true" : "false", done);
    fflush(stdout);
}

/* The crowd goes on breathing while it waits for a command: its consent must not expire. */
static bool next_command(struct load *l, char *line, size_t cap)
{
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    while (poll(&in, 1, 0) == 0) step(l, wall_ns() + 5 * NS_PER_MS);
    return fgets(line, (int)cap, stdin) && strncmp(line, "quit", 4) != 0;
}

static void obey_all(struct load *l)
{
    char line[128];
    while (next_command(l, line, sizeof(line))) {
        double seconds;
        unsigned rate, rooms;
        if (sscanf(line, "measure %lf %u %u", &seconds, &rate, &rooms) == 3 && rooms <= l->o.rooms &&
            seconds < 3600)
            measure(l, seconds, rate, rooms);
        else if (strncmp(line, "twin ", 5) == 0)
            set_twin(l, line[5] == '1');
        else
            fputs("load: measure SECONDS RATE ROOMS, twin 0|1, or quit\n", stderr);
    }
}

int main(int argc, char **argv)
{
    struct load *l = calloc(1, sizeof(*l));
    const char *where = NULL;
    if (!l || !parse_options(&l->o, argc, argv) || !(l->row = row_of(l->o.target, &where))) {
        free(l);
        return usage();
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see what waits */
    process_pin(l->o.cpu);
    struct crowd_config config = {.capacity = seats_of(&l->o),
                                  .first = l->o.first,
                                  .port = l->o.port,
                                  .payload_bytes = l->o.payload,
                                  .stamps = l->o.stamps};
    struct port *deaf = NULL; /* bench-raw's packets end here; nobody reads them */
    enum err e = crowd_init(&l->crowd, &config);
    if (!e) e = port_new(&deaf, (uint16_t)(l->o.port + 1), false);
    if (!e && !(l->target = l->row->open(where, &l->o.place, config.capacity))) e = ERR_SYSTEM;
    if (!e) e = come_in(l);
    if (!e) obey_all(l);
    if (l->target) l->row->close(l->target);
    port_free(deaf);
    crowd_deinit(&l->crowd);
    free(l);
    return e ? 1 : 0;
}
