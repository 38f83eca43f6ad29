/* Bytes become commands of seven people over a small club. After each of them the world checks what must
 * always hold (test/c/rooms/world.h): who is heard is who is there, one account in one room, nothing goes to
 * a closed socket. Signed bytes are made properly, then spoiled where the input says so. */
#include <stdlib.h>

#include "../test/c/rooms/steward.c"
#include "../test/c/rooms/world.c"

enum { PEOPLE = 7, STEPS = 300, ROOMS = 4 };

static struct world world;
static struct keys_view views[ROOMS];
static struct draft msg;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct actor *pick(struct reader *r)
{
    return &world.actors[read_u8(r) % PEOPLE];
}
static struct keys_view *pick_room(struct reader *r)
{
    return &views[read_u8(r) % ROOMS];
}

/* Changes a byte of what was signed properly, if the input wants it. */
static void spoil(struct reader *r, uint8_t *bytes, size_t *len)
{
    uint8_t how = read_u8(r);
    if (how < 200 || *len == 0) return;
    bytes[read_u16(r) % *len] ^= read_u8(r);
    if (how > 250) (*len)--;
}

/* Signed by whom the type asks for, by people whom the input picks. */
static void step_record(struct reader *r)
{
    struct actor *a = pick(r), *second = pick(r), *target = pick(r), *successor = pick(r);
    struct record rec = {.type = RECORD_FOUNDER + read_u8(r) % RECORD_LAST,
                         .time_ms = ++world.now, /* no two records are the same by accident */
                         .author = a->account,
                         .author_device = a->device,
                         .second = second->account,
                         .second_device = second->device,
                         .account_key = target->account_key,
                         .target = target->account,
                         .successor = successor->account,
                         .host = pick(r)->account,
                         .room = pick_room(r)->room};
    uint8_t choice = read_u8(r), seed[32] = {choice}, bytes[LIMIT_RECORD_BYTES];
    rec.role = choice & 1 ? 2 : 3;
    rec.scope = choice & 2 ? SCOPE_FOR_GOOD : SCOPE_EVENING;
    rec.subtree = choice >> 2 & 1;
    rec.expires_ms = rec.time_ms + choice;
    if (rec.type == RECORD_DEVICE_REVOKE) rec.target = target->device;
    if (choice > 250) rec.author_device = (struct id){0};
    if (rec.type == RECORD_SUCCESSION && choice & 8) rec.time_ms = world.now += LIMIT_CLAIM_MS;
    const uint8_t *other = rec.type == RECORD_SUPERSEDE ? second->device_seed : seed;
    if (sign_public(seed, &rec.one_time_key) || sign_public(seed, &rec.device_key)) abort();
    struct writer w = writer_init(bytes, sizeof(bytes));
    if (record_write_body(&w, &rec)) abort();
    size_t body = w.len;
    sign(choice > 250 ? seed : a->device_seed, record_purpose(rec.type), &w, body);
    for (unsigned i = 1; i < record_signatures(rec.type); i++)
        sign(other, record_purpose(rec.type), &w, body);
    spoil(r, bytes, &w.len);
    static const enum command_kind kinds[] = {COMMAND_LOG_APPEND,  COMMAND_LOG_APPEND, COMMAND_RECOVERY_USE,
                                              COMMAND_ROOM_REMOVE, COMMAND_REDEEM,     COMMAND_PAIR_ACCEPT};
    (void)!world_submit(&world, a, kinds[read_u8(r) % 6], bytes, w.len);
}

static void step_invite(struct reader *r)
{
    struct actor *a = pick(r), *guest = pick(r);
    struct ticket t = world_ticket(&world, a, world.now + read_u32(r));
    spoil(r, t.record, &t.len);
    if (world_invite(&world, a, &t) || world.hold_store) return;
    if (read_u8(r) & 1) (void)!world_look(&world, guest, t.seed);
    if (read_u8(r) & 1) (void)!world_redeem(&world, guest, &t);
}

static void step_join(struct reader *r)
{
    struct actor *a = pick(r);
    struct id room = pick_room(r)->room;
    struct leaf l = world_leaf(&world, a, room);
    world_sign_leaf(a, &l, a->device_seed);
    spoil(r, a->leaf, &a->leaf_len);
    (void)!world_join_leaf(&world, a, room);
}

static void step_open(struct reader *r)
{
    struct actor *a = pick(r);
    struct id picked[3]; /* one by one: an initializer has no order, and a corpus means one thing */
    for (size_t i = 0; i < 3; i++) picked[i] = pick(r)->account;
    uint8_t n = read_u8(r) % 5;
    struct keys_view *v = pick_room(r);
    struct id room;
    if (world_open(&world, a, n & 1 ? "Talk" : "", n < 4 ? picked : NULL, n < 4 ? n : 0, &room)) return;
    *v = (struct keys_view){.room = room};
}

static void step_keys(struct reader *r)
{
    struct actor *a = pick(r);
    struct keys_view *v = pick_room(r);
    uint8_t flags = read_u8(r);
    struct stage_entry stage[4];
    bool rekey = flags & 1;
    message_begin(&msg, &world, v, a, rekey);
    for (unsigned n = flags >> 5; n > 0; n--) {
        struct actor *who = pick(r);
        message_seat(&msg, read_u8(r) % 40, read_u8(r) & 7 ? &who->leaf_hash : NULL);
    }
    message_fill(&msg, rekey, flags & 2);
    for (unsigned i = 0; i < 4; i++) stage[i] = (struct stage_entry){(uint8_t)(i + 1), read_u8(r) % 40};
    message_stage(&msg, flags >> 2 & 3, stage);
    if (read_u8(r) > 240) msg.m.seal_count = read_u8(r) % SEATS;
    if (read_u8(r) > 240) msg.m.wrap_count = read_u8(r) % SEATS;
    if (read_u8(r) > 240) msg.h.counter = read_u8(r);
    message_sign(&msg, a->device_seed);
    spoil(r, msg.header, &msg.m.header.len);
    if (a->sock && message_send(&world, &msg, a->sock) == OK) message_accepted(&msg, v);
}

static void step_person(struct reader *r)
{
    static const enum command_kind kinds[] = {COMMAND_ROOM_BRING,      COMMAND_ROOM_SEND_BACK,
                                              COMMAND_ROOM_MUTE_OTHER, COMMAND_ROOM_REMOVE,
                                              COMMAND_ROOM_LOWER,      COMMAND_ROOM_PING};
    struct actor *a = pick(r), *target = pick(r);
    (void)!world_person(&world, a, kinds[read_u8(r) % 6], target);
}

static void step_host(struct reader *r)
{
    struct actor *a = pick(r), *target = pick(r);
    uint8_t b = read_u8(r);
    if (b & 1)
        (void)!world_role(&world, a, target, b & 128);
    else
        (void)!world_hands(&world, a, b & 128 ? HANDS_OFF : HANDS_EVERYONE);
}

static void step_flag(struct reader *r)
{
    static const enum command_kind kinds[] = {COMMAND_ROOM_HAND, COMMAND_ROOM_MUTE, COMMAND_ROOM_ANSWER,
                                              COMMAND_ROOM_LOCK};
    struct actor *a = pick(r);
    uint8_t b = read_u8(r);
    (void)!world_flag(&world, a, kinds[b % 4], b & 128);
}

static void step_simple(struct reader *r)
{
    static const enum command_kind kinds[] = {COMMAND_ROOM_LEAVE, COMMAND_ROOM_LEAVE, COMMAND_INVITE_LIST,
                                              COMMAND_ROOM_END, COMMAND_ROOM_LOWER_ALL};
    struct actor *a = pick(r);
    (void)!world_simple(&world, a, kinds[read_u8(r) % 5]);
}

static void step_socket(struct reader *r)
{
    struct actor *a = pick(r);
    uint8_t how = read_u8(r) % 3;
    if (how == 0) world_disconnect(&world, a);
    if (how == 1 && a->sock == 0) (void)!world_connect(&world, a);
    if (how == 2 && a->sock) (void)!world_hello(&world, a, 0, (struct hash){0});
}

static void step_world(struct reader *r)
{
    switch (read_u8(r) % 5) {
    case 0:
        world_tick(&world, read_u16(r));
        break;
    case 1:
        (void)!world_peer_down(&world, 1 + read_u16(r) % world.next_peer,
                               read_u8(r) & 1 ? MEDIA_DOWN_CLOSED : MEDIA_DOWN_CONSENT);
        break;
    case 2:
        world.hold_store = !world.hold_store;
        break;
    case 3:
        world.store_result = read_u8(r) & 1 ? ERR_SYSTEM : OK;
        break;
    case 4:
        world.media_full = !world.media_full;
        break;
    }
    if (world.stored_waits && !world.hold_store) world_stored(&world, world.store_result);
}

static void step_raw(struct reader *r) /* bytes nobody signed */
{
    struct actor *a = pick(r);
    struct command c = {.kind = read_u8(r) % COMMAND_COUNT, .sock = a->sock};
    size_t n = read_u8(r);
    if (n > reader_left(r)) n = reader_left(r);
    struct view raw = read_view(r, n);
    switch (c.kind) {
    case COMMAND_REDEEM:
    case COMMAND_LOG_APPEND:
    case COMMAND_PAIR_ACCEPT:
    case COMMAND_RECOVERY_USE:
        c.record.record = c.record.name = raw;
        break;
    case COMMAND_ROOM_JOIN:
        c.join.leaf = raw;
        break;
    case COMMAND_ROOM_KEYS:
        c.keys.header = c.keys.stage = raw;
        break;
    case COMMAND_ROOM_OPEN:
    case COMMAND_ROOM_TITLE:
        c.create.title = raw;
        break;
    default:
        return;
    }
    (void)!world_apply(&world, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const steps[])(struct reader *) = {
        step_join,   step_join,  step_keys,   step_keys,   step_person, step_flag, step_simple,
        step_socket, step_world, step_record, step_invite, step_open,   step_raw,  step_host};
    struct reader r = reader_init((struct view){data, size});
    world_init(&world);
    world_founder(&world);
    for (int i = 1; i < PEOPLE - 1; i++) world_member(&world, &world.actors[i == 3 ? 2 : 0]);
    if (world_connect(&world, world_actor(&world))) abort();
    for (int i = 0; i < ROOMS; i++) views[i] = (struct keys_view){0};
    for (int i = 0; i < 2; i++)
        if (world_open(&world, &world.actors[i + 1], "", NULL, 0, &views[i].room)) abort();
    for (int i = 0; i < 4; i++)
        if (world_join(&world, &world.actors[i], views[i > 1].room) && i < 2) abort();
    for (int i = 0; i < STEPS && reader_left(&r) > 0; i++) {
        steps[read_u8(&r) % (sizeof(steps) / sizeof(*steps))](&r);
        world_check(&world);
    }
    world_deinit(&world);
    return 0;
}
