/* What the clients of stewards and speakers send while a room lives: heartbeats, frame tags, questions for
 * encapsulation keys, and word that two variants run in step. */
#include "wire/live.h"
#include "acts.h"
#include "crypt/sign.h"

static struct view signed_by(const struct actor *a, const char *purpose, struct writer *w)
{
    uint8_t sig[SIG_BYTES];
    if (sign_make(a->device_seed, purpose, writer_view(w), sig)) world_fail("sign_make");
    write_bytes(w, sig, sizeof(sig));
    if (writer_end(w)) world_fail("too long");
    return writer_view(w);
}

void beat(struct sim *s, struct player *p)
{
    uint8_t bytes[256];
    struct writer w = writer_init(bytes, sizeof(bytes));
    struct command c = from(p, COMMAND_ROOM_BEAT);
    struct heartbeat b = {.room = p->room,
                          .header = p->view.hash,
                          .time_ms = s->w.now,
                          .steward = p->a->account,
                          .steward_device = p->a->device};
    if (heartbeat_write_body(&w, &b)) world_fail("heartbeat_write_body");
    c.live.room = p->room;
    c.live.data = signed_by(p->a, "heartbeat", &w);
    ask(s, &c);
}

void tags(struct sim *s, struct player *p)
{
    uint8_t bytes[256], tag[FRAME_TAG_BYTES] = {0};
    struct writer w = writer_init(bytes, sizeof(bytes));
    struct command c = from(p, COMMAND_ROOM_TAGS);
    struct frame_tags t = {.room = p->room,
                           .counter = p->view.last.counter,
                           .index = (uint8_t)(1 + sim_random(s, 3)),
                           .tags = VIEW(tag)};
    if (frame_tags_write_body(&w, &t)) world_fail("frame_tags_write_body");
    c.live.room = p->room;
    c.live.data = signed_by(p->a, "tags", &w);
    ask(s, &c);
}

void kem(struct sim *s, struct player *p)
{
    struct id whom = anybody(s)->account;
    struct command c = from(p, COMMAND_ROOM_KEM);
    c.kem.room = p->room;
    c.kem.accounts = &whom;
    c.kem.count = 1;
    ask(s, &c);
}

/* A pattern split among two devices (wire/pattern.h); the shares are sealed, so the server knows their size.
 */
static struct view pattern(struct sim *s, const struct player *p, struct writer *w)
{
    enum { SHARES = 2, SHARE_BYTES = 1 + ID_BYTES + 80 };
    uint8_t noise[ID_BYTES + HASH_BYTES], share[SHARE_BYTES] = {0};
    write_u8(w, 1);
    write_bytes(w, p->room.bytes, ID_BYTES);
    write_bytes(w, p->a->account.bytes, ID_BYTES);
    write_bytes(w, p->a->device.bytes, ID_BYTES);
    write_bytes(w, world_noise(&s->w, noise, sizeof(noise)), sizeof(noise));
    write_u8(w, SHARES);
    for (int i = 0; i < SHARES; i++) write_bytes(w, share, sizeof(share));
    return signed_by(p->a, "pattern", w);
}

/* One variant alone is sent: whatever is announced, everybody gets that one. */
void twin(struct sim *s, struct player *p)
{
    uint8_t bytes[1024];
    struct writer w = writer_init(bytes, sizeof(bytes));
    struct command c = from(p, COMMAND_ROOM_TWIN);
    c.twin.room = p->room;
    c.twin.is = (struct media_twin){.live = sim_random(s, 3) > 0, .offset = 960, .hop = 24};
    if (c.twin.is.live) c.twin.pattern = pattern(s, p, &w);
    ask(s, &c);
}
