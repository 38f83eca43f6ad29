/* The media plane alone, without rooms or WebSocket: what a benchmark of it needs. Reads one command a line
 * on standard input and answers on standard output, in order; ends with its input.
 *
 *   add ROOM UFRAG FINGERPRINT PT LEVEL SSRC SSRC   ->  peer NAME UFRAG PWD PORT FINGERPRINT
 *   speak NAME 0|1, drop NAME                       ->  ok
 *   twin NAME 0|1 OFFSET TIMESTAMP                  ->  ok     in step: struct media_twin, from hop 0 on
 *   stats                                           ->  a JSON object
 *   anything else, or nothing to be had             ->  error ...
 *
 * ROOM and FINGERPRINT are hexadecimal. Peers that go by themselves are counted in the stats as "down". */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "crypt/sign.h"
#include "media/media.h"

enum { LINE_BYTES = 512, UFRAG_RANDOM = 6, PWD_RANDOM = 18 };

static int events_fd;
static unsigned long down;

static void wake(void *user)
{
    (void)user;
    uint64_t one = 1;
    if (write(events_fd, &one, sizeof(one)) < 0 && errno != EAGAIN) perror("media-host: eventfd");
}

static void hear(struct media *m)
{
    struct media_event e;
    while (media_pull(m, &e)) {
        if (e.kind != MEDIA_PEER_DOWN) continue;
        media_peer_release(m, e.peer);
        down++;
    }
}

/* A ring that is full empties by itself within a turn of the thread. */
static enum err push(struct media *m, const struct media_command *c)
{
    enum err e;
    while ((e = media_push(m, c)) == ERR_BUSY) {
        hear(m);
        usleep(200);
    }
    return e;
}

/* ---- commands ---- */

static bool from_hex(const char *s, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned v;
        if (sscanf(s + 2 * i, "%2x", &v) != 1) return false;
        out[i] = (uint8_t)v;
    }
    return s[2 * n] == 0;
}

static bool random_text(char *out, size_t cap, size_t n)
{
    uint8_t bytes[PWD_RANDOM];
    return random_bytes(bytes, n) == OK && b64_encode(out, cap, (struct view){bytes, n}) > 0;
}

static bool parse_peer(const char *line, struct media_peer *p)
{
    static uint32_t next_slot = 0x10000000;
    char room[2 * ID_BYTES + 2], fingerprint[2 * HASH_BYTES + 2];
    unsigned pt, level;
    if (sscanf(line, "add %33s %32s %65s %u %u %u %u", room, p->ice.remote_ufrag, fingerprint, &pt, &level,
               &p->ssrc[0], &p->ssrc[1]) != 7)
        return false;
    p->payload_type = (uint8_t)pt;
    p->level_ext = (uint8_t)level;
    for (int i = 0; i < LIMIT_SLOTS; i++) p->slot_ssrc[i] = next_slot++;
    p->traced = true; /* which costs nothing before somebody's variants are in step */
    put_u32(p->account.bytes, next_slot);
    if (random_bytes(p->seed, sizeof(p->seed)) != OK) return false;
    return from_hex(room, p->room.bytes, ID_BYTES) &&
           from_hex(fingerprint, p->fingerprint.bytes, HASH_BYTES) &&
           random_text(p->ice.ufrag, sizeof(p->ice.ufrag), UFRAG_RANDOM) &&
           random_text(p->ice.pwd, sizeof(p->ice.pwd), PWD_RANDOM);
}

static void add(struct media *m, const char *line)
{
    struct media_command c = {.kind = MEDIA_PEER_ADD};
    if (!parse_peer(line, &c.add)) {
        puts("error: that is no peer");
        return;
    }
    c.peer = media_peer_name(m, c.add.room);
    if (!c.peer || push(m, &c) != OK) {
        puts("error: full");
        return;
    }
    struct hash h = media_fingerprint(m);
    printf("peer %llu %s %s %u ", (unsigned long long)c.peer, c.add.ice.ufrag, c.add.ice.pwd,
           media_port(m, c.peer));
    for (int i = 0; i < HASH_BYTES; i++) printf("%02x", h.bytes[i]);
    putchar('\n');
}

static void stats(const struct media *m)
{
    struct media_stats s = media_stats(m);
    printf("{\"down\":%lu", down);
#define SHOW(what) printf(",\"" #what "\":%llu", (unsigned long long)s.what)
    SHOW(datagrams_in), SHOW(datagrams_out), SHOW(forwarded), SHOW(dropped_malformed), SHOW(dropped_unknown);
    SHOW(dropped_auth), SHOW(dropped_replay), SHOW(dropped_muted), SHOW(dropped_policed), SHOW(dropped_send);
    SHOW(stun_answered), SHOW(stun_refused), SHOW(dtls_up), SHOW(dtls_failed), SHOW(peers);
#undef SHOW
    puts("}");
}

static void obey(struct media *m, const char *line)
{
    unsigned long long name;
    unsigned on;
    struct media_twin twin = {0};
    if (strncmp(line, "add ", 4) == 0) {
        add(m, line);
    } else if (sscanf(line, "speak %llu %u", &name, &on) == 2) {
        struct media_command c = {.kind = MEDIA_PEER_SPEAK, .peer = name, .speak = on != 0};
        puts(push(m, &c) == OK ? "ok" : "error: no such peer");
    } else if (sscanf(line, "twin %llu %u %u %u", &name, &on, &twin.offset, &twin.timestamp) == 4) {
        twin.live = on != 0;
        struct media_command c = {.kind = MEDIA_PEER_TWIN, .peer = name, .twin = twin};
        puts(push(m, &c) == OK ? "ok" : "error: no such peer");
    } else if (sscanf(line, "drop %llu", &name) == 1) {
        struct media_command c = {.kind = MEDIA_PEER_DROP, .peer = name};
        puts(push(m, &c) == OK ? "ok" : "error: no such peer");
        media_peer_release(m, name);
    } else if (strncmp(line, "stats", 5) == 0) {
        stats(m);
    } else {
        puts("error: add, speak, twin, drop or stats");
    }
}

/* Standard input is read by hand, because poll() does not see what stdio has in its buffer. */
static void serve(struct media *m)
{
    char buf[LINE_BYTES * 8];
    size_t have = 0;
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = events_fd, .events = POLLIN}};
    for (;;) {
        uint64_t pushed;
        if (poll(fds, 2, -1) < 0 && errno != EINTR) return;
        if (fds[1].revents && read(events_fd, &pushed, sizeof(pushed)) > 0) hear(m);
        if (!fds[0].revents) continue;
        ssize_t n = read(STDIN_FILENO, buf + have, sizeof(buf) - 1 - have);
        if (n <= 0) return;
        have += (size_t)n;
        buf[have] = 0;
        char *line = buf;
        for (char *end; (end = strchr(line, '\n')); line = end + 1) {
            *end = 0;
            obey(m, line);
        }
        fflush(stdout);
        have -= (size_t)(line - buf);
        memmove(buf, line, have);
        if (have == sizeof(buf) - 1) return; /* no line is so long */
    }
}

int main(int argc, char **argv)
{
    struct media_config config = {.wake = wake, .address_count = 1};
    struct sockaddr_in *a = (struct sockaddr_in *)&config.addresses[0].at;
    if (argc != 4 || inet_pton(AF_INET, argv[1], &a->sin_addr) != 1) {
        fprintf(stderr, "usage: media-host IPV4 PORT THREADS\n");
        return 2;
    }
    a->sin_family = AF_INET;
    a->sin_port = htons((uint16_t)atoi(argv[2]));
    config.threads = (unsigned)atoi(argv[3]);
    events_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct media *m;
    enum err e = events_fd < 0 ? ERR_SYSTEM : media_start(&m, &config);
    if (e) {
        fprintf(stderr, "media-host: %s\n", err_sentence(e));
        return 1;
    }
    serve(m);
    media_stop(m);
    return 0;
}
