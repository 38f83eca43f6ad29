#include "steward.h"

#include "crypt/sign.h"

uint8_t steward_parts[SEATS][PART];

void message_begin(struct draft *msg, const struct world *w, const struct keys_view *v,
                   const struct actor *steward, bool rekey)
{
    struct rooms_stats stats = rooms_stats(w->r);
    for (size_t i = 0; i < SEATS; i++) memset(steward_parts[i], (int)i + 1, PART);
    memset(msg, 0, sizeof(*msg));
    memcpy(msg->table, v->table, sizeof(msg->table));
    msg->h = (struct key_header){.suite = v->last.suite ? v->last.suite : 1,
                                 .room = v->room,
                                 .counter = v->last.counter + 1,
                                 .epoch = v->last.epoch + rekey,
                                 .generation = rekey ? 0 : v->last.generation + 1,
                                 .prev = v->hash,
                                 .log_size = stats.log_size,
                                 .log_head = stats.log_head,
                                 .time_ms = w->now,
                                 .steward = steward->account,
                                 .steward_device = steward->device};
    msg->m.changes = msg->changes;
    msg->m.seals = msg->seals;
    msg->m.welcomes = msg->welcomes;
    msg->m.wraps = msg->wraps;
    msg->m.split = msg->split;
}

void message_seat(struct draft *msg, uint16_t slot, const struct hash *leaf)
{
    msg->table[slot] = (struct seat){.filled = leaf != NULL};
    if (leaf) msg->table[slot].leaf = *leaf;
    msg->changes[msg->m.change_count++] = (struct roster_change){slot, leaf != NULL, msg->table[slot].leaf};
}

void message_share(struct draft *msg, const struct actor *helper, uint16_t first, uint16_t last)
{
    struct key_split *share = &msg->split[msg->m.split_count++];
    *share = (struct key_split){helper->account, first, last, {steward_parts[first], SEAL}};
    if (msg->h.suite == 2) share->seal.len += KEM_CIPHERTEXT;
}

static bool shared(const struct draft *msg, uint16_t bucket)
{
    for (size_t i = 0; i < msg->m.split_count; i++)
        if (bucket >= msg->split[i].first && bucket <= msg->split[i].last) return true;
    return false;
}

void message_fill(struct draft *msg, bool rekey, bool all)
{
    bool dirty[SEATS / LIMIT_BUCKET] = {false};
    uint16_t slots = 0;
    size_t extra = msg->h.suite == 2 ? KEM_CIPHERTEXT : 0;
    for (size_t i = 0; i < msg->m.change_count; i++) {
        const struct roster_change *c = &msg->changes[i];
        dirty[c->slot / LIMIT_BUCKET] = true;
        if (!rekey && c->filled)
            msg->welcomes[msg->m.welcome_count++] =
                (struct key_part){c->slot, {steward_parts[c->slot], extra + WELCOME}};
    }
    for (uint16_t i = 0; i < SEATS; i++) {
        if (!msg->table[i].filled) continue;
        slots = (uint16_t)(i + 1);
        msg->h.count++;
        if (rekey && (all || dirty[i / LIMIT_BUCKET]) && !shared(msg, i / LIMIT_BUCKET))
            msg->seals[msg->m.seal_count++] = (struct key_part){i, {steward_parts[i], extra + SEAL}};
    }
    for (uint16_t i = 0; rekey && i < (slots + LIMIT_BUCKET - 1) / LIMIT_BUCKET; i++)
        msg->wraps[msg->m.wrap_count++] = (struct view){steward_parts[i], WRAP};
}

void message_stage(struct draft *msg, size_t n, const struct stage_entry *list)
{
    struct writer w = writer_init(msg->stage, sizeof(msg->stage));
    write_u8(&w, (uint8_t)n);
    for (size_t i = 0; i < n; i++) {
        write_u8(&w, list[i].index);
        write_u16(&w, list[i].slot);
    }
    msg->m.stage = writer_view(&w);
    msg->h.stage_hash = hash_two("stage", msg->m.stage, (struct view){0});
}

void message_sign(struct draft *msg, const uint8_t seed[32])
{
    struct writer w = writer_init(msg->header, sizeof(msg->header));
    uint8_t sig[SIG_BYTES];
    if (key_header_write_body(&w, &msg->h)) world_fail("key_header_write_body");
    msg->hash = hash_two("header-hash", writer_view(&w), (struct view){0});
    if (sign_make(seed, "header", writer_view(&w), sig)) world_fail("sign_make");
    write_bytes(&w, sig, sizeof(sig));
    msg->m.header = writer_view(&w);
}

enum err message_send(struct world *w, struct draft *msg, sock_name sock)
{
    struct command c = {.kind = COMMAND_ROOM_KEYS, .sock = sock, .request = 1, .keys = msg->m};
    return world_apply(w, &c);
}

void message_accepted(const struct draft *msg, struct keys_view *v)
{
    memcpy(v->table, msg->table, sizeof(v->table));
    v->last = msg->h;
    v->hash = msg->hash;
}
