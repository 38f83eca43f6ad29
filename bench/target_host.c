/* media-host as a child; `where` is "PATH,IPV4,PORT,THREADS". */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "target.h"

enum { LINE_BYTES = 1024 };

struct target {
    struct process host;
    in_addr_t address;
    unsigned long long *names; /* by number of the seat */
};

static void host_close(struct target *t)
{
    if (t->host.pid > 0) process_stop(&t->host);
    free(t->names);
    free(t);
}

static struct target *host_open(const char *where, const struct process_place *place, uint32_t seats)
{
    char path[256], address[32], port[8], threads[8];
    if (sscanf(where, "%255[^,],%31[^,],%7[^,],%7s", path, address, port, threads) != 4) {
        fprintf(stderr, "load: host:PATH,IPV4,PORT,THREADS\n");
        return NULL;
    }
    struct target *t = calloc(1, sizeof(*t));
    if (!t) return NULL;
    char *argv[] = {path, address, port, threads, NULL};
    t->names = calloc(seats, sizeof(*t->names));
    if (!t->names || inet_pton(AF_INET, address, &t->address) != 1 ||
        process_start(&t->host, argv, place) != OK) {
        host_close(t);
        return NULL;
    }
    return t;
}

static pid_t host_pid(const struct target *t)
{
    return t->host.pid;
}

static bool ask(struct target *t, const char *line, char *answer, size_t cap)
{
    if (fputs(line, t->host.in) < 0 || fflush(t->host.in) != 0 || !fgets(answer, (int)cap, t->host.out)) {
        fprintf(stderr, "load: media-host is gone\n");
        return false;
    }
    if (strncmp(answer, "error", 5) == 0) fprintf(stderr, "load: media-host: %s", answer);
    return true;
}

static enum err host_add(struct target *t, const struct seat *s, const struct hash *fingerprint,
                         struct terms *terms)
{
    char line[LINE_BYTES], answer[LINE_BYTES], hex[2 * HASH_BYTES + 1], theirs[2 * HASH_BYTES + 2];
    unsigned port;
    hex_write(hex, fingerprint->bytes, HASH_BYTES);
    /* The room's number, spread: the media plane takes ids as random. */
    snprintf(line, sizeof(line), "add %08x%024x %s %s %u %u %u %u\n", s->room * 2654435761u, s->room,
             terms->ufrag, hex, terms->payload_type, terms->level_ext, terms->ssrc[0], terms->ssrc[1]);
    if (!ask(t, line, answer, sizeof(answer))) return ERR_SYSTEM;
    if (sscanf(answer, "peer %llu %63s %63s %u %65s", &t->names[s->number], terms->server_ufrag,
               terms->server_pwd, &port, theirs) != 5 ||
        !hex_read(theirs, terms->server_fingerprint.bytes, HASH_BYTES))
        return ERR_FULL;
    terms->server = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = t->address};
    return OK;
}

static enum err host_speak(struct target *t, const struct seat *s)
{
    char line[LINE_BYTES], answer[LINE_BYTES];
    snprintf(line, sizeof(line), "speak %llu 1\n", t->names[s->number]);
    return ask(t, line, answer, sizeof(answer)) && strcmp(answer, "ok\n") == 0 ? OK : ERR_NOT_FOUND;
}

static enum err host_twin(struct target *t, const struct seat *s, bool live, uint32_t timestamp)
{
    char line[LINE_BYTES], answer[LINE_BYTES];
    snprintf(line, sizeof(line), "twin %llu %d %d %u\n", t->names[s->number], live, CLIENT_TWIN_OFFSET,
             timestamp);
    return ask(t, line, answer, sizeof(answer)) && strcmp(answer, "ok\n") == 0 ? OK : ERR_NOT_FOUND;
}

static void host_stats(struct target *t, char *out, size_t cap)
{
    if (ask(t, "stats\n", out, cap))
        out[strcspn(out, "\n")] = 0;
    else
        snprintf(out, cap, "null");
}

const struct target_row target_host = {"host",     host_open, host_close, host_pid, host_add,
                                       host_speak, host_twin, host_stats, NULL};
