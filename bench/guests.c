/* bench-guests: the media half of people whose WebSocket is somebody else's. Prints {"fingerprint":...}, then
 * obeys one command a line on standard input: see USAGE. Guest I is at FIRST + I, has the ufrag "guestI" and
 * sends with SSRC 2I + 16. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"
#include "target.h"

enum { GUESTS = 64, PAYLOAD_BYTES = 148, OPUS = 111, LEVEL_EXT = 1, LOUD = 20 };
static const char USAGE[] =
    "usage: bench-guests FIRST PORT, and on standard input\n"
    "come I IPV4 PORT UFRAG PWD FINGERPRINT  guest I, below 64, connects: the server's terms, the last in "
    "hex\n"
    "say I                guest I says a packet every 20 ms from now on, beside those who do\n"
    "as I SSRC            with this one\n"
    "send I SEALED HEX    guest I sends these bytes; SEALED 1: as SRTP, 0: as they are\n"
    "heard                prints {\"up\", \"heard_ns\", \"came\", \"states\"}: how many have media; of each, "
    "when it heard\n"
    "                     its last packet, how many datagrams came, enum client_state\n"
    "quit                 so does the end of input\n";
static const uint64_t NS_PER_MS = 1000000, FRAME_NS = 20000000;

struct guests {
    struct crowd crowd;
    uint64_t next_ns; /* when those who speak say the next packet; 0: nobody does */
    bool says[GUESTS];
};

static bool come(struct guests *g, const char *line)
{
    unsigned i, port;
    char address[INET_ADDRSTRLEN], fingerprint[2 * HASH_BYTES + 1];
    struct terms t = {.payload_type = OPUS, .level_ext = LEVEL_EXT};
    if (sscanf(line, "come %u %15s %u %63s %63s %64s", &i, address, &port, t.server_ufrag, t.server_pwd,
               fingerprint) != 6 ||
        i >= GUESTS || port > UINT16_MAX || inet_pton(AF_INET, address, &t.server.sin_addr) != 1 ||
        !hex_read(fingerprint, t.server_fingerprint.bytes, HASH_BYTES))
        return false;
    while (g->crowd.count <= i)
        if (!crowd_add(&g->crowd)) return false;
    struct client *c = &g->crowd.clients[i];
    if (c->state != CLIENT_NEW) return false;
    t.server.sin_family = AF_INET;
    t.server.sin_port = htons((uint16_t)port);
    t.self = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(c->address)};
    snprintf(t.ufrag, sizeof(t.ufrag), "guest%u", i);
    for (uint32_t k = 0; k < LIMIT_VARIANTS; k++) t.ssrc[k] = 2 * i + 16 + k;
    c->terms = t;
    crowd_start(&g->crowd, c);
    return true;
}

static bool say(struct guests *g, const char *line)
{
    unsigned i;
    if (sscanf(line, "say %u", &i) != 1 || i >= g->crowd.count) return false;
    g->says[i] = true;
    g->next_ns = wall_ns();
    return true;
}

static bool say_as(struct guests *g, const char *line)
{
    unsigned i, ssrc;
    if (sscanf(line, "as %u %u", &i, &ssrc) != 2 || i >= g->crowd.count) return false;
    g->crowd.clients[i].terms.ssrc[0] = ssrc;
    return true;
}

static bool send_bytes(struct guests *g, const char *line)
{
    unsigned i, sealed;
    int at = 0;
    uint8_t bytes[LIMIT_DATAGRAM_BYTES];
    if (sscanf(line, "send %u %u %n", &i, &sealed, &at) != 2 || i >= g->crowd.count || !at) return false;
    size_t len = strlen(line + at) / 2;
    char hex[2 * LIMIT_DATAGRAM_BYTES + 1];
    if (len > sizeof(bytes)) return false;
    memcpy(hex, line + at, 2 * len);
    hex[2 * len] = 0;
    if (!hex_read(hex, bytes, len)) return false;
    return client_send(&g->crowd.clients[i], &g->crowd.world, (struct view){bytes, len}, sealed) == OK;
}

static bool heard(const struct guests *g)
{
    const struct client *all = g->crowd.clients;
    uint32_t count = g->crowd.count;
    printf("{\"up\":%u,\"heard_ns\":[", g->crowd.up);
    for (uint32_t i = 0; i < count; i++) printf("%s%llu", i ? "," : "", (unsigned long long)all[i].heard_ns);
    printf("],\"came\":[");
    for (uint32_t i = 0; i < count; i++) printf("%s%llu", i ? "," : "", (unsigned long long)all[i].came);
    printf("],\"states\":[");
    for (uint32_t i = 0; i < count; i++) printf("%s%d", i ? "," : "", all[i].state);
    puts("]}");
    fflush(stdout);
    return true;
}

static void step(struct guests *g)
{
    uint64_t now = wall_ns();
    if (g->next_ns && now >= g->next_ns) {
        for (uint32_t i = 0; i < g->crowd.count; i++)
            if (g->says[i] && client_say(&g->crowd.clients[i], &g->crowd.world, LOUD, now) != OK)
                fputs("guests: unsaid\n", stderr);
        g->next_ns += FRAME_NS;
    }
    uint64_t until = now + 5 * NS_PER_MS;
    crowd_step(&g->crowd, g->next_ns && g->next_ns < until ? g->next_ns : until);
}

static void obey_all(struct guests *g)
{
    char line[2 * LIMIT_DATAGRAM_BYTES + 32];
    struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
    for (;;) {
        while (poll(&in, 1, 0) == 0) step(g);
        if (!fgets(line, sizeof(line), stdin) || strncmp(line, "quit", 4) == 0) return;
        bool done = strncmp(line, "come", 4) == 0   ? come(g, line)
                    : strncmp(line, "say", 3) == 0  ? say(g, line)
                    : strncmp(line, "as", 2) == 0   ? say_as(g, line)
                    : strncmp(line, "send", 4) == 0 ? send_bytes(g, line)
                                                    : strncmp(line, "heard", 5) == 0 && heard(g);
        if (!done) fprintf(stderr, "guests: not understood: %s", line);
    }
}

int main(int argc, char **argv)
{
    struct in_addr first;
    unsigned port;
    if (argc != 3 || inet_pton(AF_INET, argv[1], &first) != 1 || sscanf(argv[2], "%u", &port) != 1 ||
        port == 0 || port > UINT16_MAX) {
        fputs(USAGE, stderr);
        return 2;
    }
    setvbuf(stdin, NULL, _IONBF, 0); /* poll() must see what waits */
    struct guests g = {0};
    struct crowd_config config = {.capacity = GUESTS,
                                  .first = ntohl(first.s_addr),
                                  .port = (uint16_t)port,
                                  .payload_bytes = PAYLOAD_BYTES};
    if (crowd_init(&g.crowd, &config) != OK) return 1;
    char fingerprint[2 * HASH_BYTES + 1];
    hex_write(fingerprint, g.crowd.identity.fingerprint.bytes, HASH_BYTES);
    printf("{\"fingerprint\":\"%s\"}\n", fingerprint);
    fflush(stdout);
    obey_all(&g);
    crowd_deinit(&g.crowd);
    return 0;
}
