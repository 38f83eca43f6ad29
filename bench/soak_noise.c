/* What a server in the open gets besides: datagrams and connections that mean nothing, or nearly something.
 */
#include "soak.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STRANGERS = 0x7f600000, JUNK_BYTES = 1400, MEDIA_PORT = 7000 };

static size_t junk(struct soak *s, uint8_t *out, size_t most)
{
    size_t len = 1 + soak_draw(s, (uint32_t)most);
    noise_fill(&s->state, out, len);
    return len;
}

/* Of each kind that the first byte tells (RFC 7983), from strangers; and from somebody inside, in the clear
 * and sealed. */
void noise_datagrams(struct soak *s, unsigned n)
{
    static const uint8_t FIRST[] = {0, 1, 20, 22, 63, 64, 127, 128, 144, 191, 255};
    static const uint8_t STUN[] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
    uint8_t bytes[JUNK_BYTES];
    struct sockaddr_in media = s->club.server;
    media.sin_port = htons(MEDIA_PORT);
    for (; n > 0; n--, s->counts.garbage++) {
        size_t len = junk(s, bytes, sizeof(bytes));
        bytes[0] = FIRST[soak_draw(s, sizeof(FIRST))];
        if (bytes[0] == 0 && len > sizeof(STUN)) memcpy(bytes, STUN, sizeof(STUN));
        struct seat *p = &s->seats[soak_draw(s, SOAK_PEOPLE) | 1];
        struct crowd *c = p->crowd;
        if (soak_draw(s, 4) || p->client->state != CLIENT_UP)
            port_send(c->port, STRANGERS + soak_draw(s, 4096), &media, (struct view){bytes, len});
        else /* what is not even a packet cannot be sealed */
            (void)!client_send(p->client, &c->world, (struct view){bytes, len < 1000 ? len : 1000},
                               bytes[0] >= 128 && len > 12 && soak_draw(s, 2));
    }
}

static bool dial(struct soak *s, struct socket *socket_, bool media)
{
    struct sockaddr_in at = s->club.server;
    if (media) at.sin_port = htons(MEDIA_PORT);
    *socket_ = (struct socket){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .quiet = true};
    return socket_->fd >= 0 && connect(socket_->fd, (struct sockaddr *)&at, sizeof(at)) == 0;
}

static void say(const struct socket *to, const void *bytes, size_t len)
{
    (void)!send(to->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void ask_nonsense(struct soak *s, struct socket *to)
{
    static const char *const TEXTS[] = {
        "{",          "[]", "{\"id\":1}", "{\"id\":1,\"do\":\"room.join\"}", "{\"id\":-1,\"do\":\"hello\"}",
        "\"\\u0000\""};
    for (int i = 0; i < 12; i++) { /* more than are forgiven */
        const char *text = TEXTS[soak_draw(s, sizeof(TEXTS) / sizeof(*TEXTS))];
        uint8_t frame[64] = {0x81, (uint8_t)(0x80 | strlen(text))};
        memcpy(frame + 6, text, strlen(text)); /* NOLINT(bugprone-not-null-terminated-result): no string */
        say(to, frame, 6 + strlen(text));
    }
}

/* One a second: HTTP, WebSocket frames, messages, and the media's TCP (RFC 4571). */
void noise_connection(struct soak *s)
{
    static const char REQUEST[] =
        "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: x\r\n\r\n";
    uint8_t bytes[JUNK_BYTES];
    struct socket c = {.fd = -1};
    size_t len = junk(s, bytes, sizeof(bytes));
    uint32_t kind = soak_draw(s, 5);
    s->counts.malformed++;
    bool open = kind >= 3 ? socket_open(&c, htonl(STRANGERS), &s->club.server, s->club.origin) == OK
                          : dial(s, &c, kind == 2);
    if (!open) {
        socket_close(&c);
        return;
    }
    if (kind == 1) say(&c, REQUEST, sizeof(REQUEST) - 1 - soak_draw(s, 20));
    if (kind == 4)
        ask_nonsense(s, &c);
    else
        say(&c, bytes, len);
    for (int i = 0; i < 5; i++) people_step(s);
    socket_close(&c);
}
