#include "server.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "wire/link.h"

enum { HTTP_PORT = 8080, LINE_BYTES = 512 };

/* A new server prints one line: "Founder link: https://.../#..." */
static bool read_founder_link(struct server *s)
{
    char line[LINE_BYTES];
    uint8_t payload[LINK_BYTES];
    struct link link;
    if (!fgets(line, sizeof(line), s->process.out)) return false;
    line[strcspn(line, "\r\n")] = 0;
    const char *at = strchr(line, '#');
    if (!at || b64_decode_exact(payload, sizeof(payload), at + 1, strlen(at + 1)) != OK ||
        link_parse(&link, VIEW(payload)) != OK)
        return false;
    memcpy(s->founder_seed, link.seed, sizeof(s->founder_seed));
    return true;
}

enum err server_start(struct server *s, const struct server_config *c)
{
    char listen[32], data[64];
    *s = (struct server){.process = {.pid = -1},
                         .http = {.sin_family = AF_INET, .sin_port = htons(HTTP_PORT)},
                         .folder = "/tmp/bench-club-XXXXXX"};
    if (inet_pton(AF_INET, c->address, &s->http.sin_addr) != 1) return ERR_MALFORMED;
    if (!mkdtemp(s->folder)) {
        s->folder[0] = 0;
        return ERR_SYSTEM;
    }
    snprintf(listen, sizeof(listen), "%s:%d", c->address, HTTP_PORT);
    snprintf(data, sizeof(data), "%s/data", s->folder);
    const char *argv[] = {c->path,
                          "serve",
                          "--data",
                          data,
                          "--listen",
                          listen,
                          "--origin",
                          SERVER_ORIGIN,
                          "--log",
                          "error",
                          "--media-port",
                          c->media_port,
                          "--media-address",
                          c->address,
                          "--media-threads",
                          c->media_threads,
                          "--behind-proxy",
                          "yes",
                          NULL};
    enum err e = process_start(&s->process, (char *const *)argv, &c->place);
    return e ? e : read_founder_link(s) ? OK : ERR_SYSTEM;
}

int server_stop(struct server *s)
{
    int status = process_kill(&s->process);
    char *argv[] = {"/bin/rm", "-rf", s->folder, NULL};
    struct process rm;
    if (s->folder[0] && process_start(&rm, argv, &(struct process_place){.cpu = -1}) == OK) process_stop(&rm);
    s->folder[0] = 0;
    return status;
}
