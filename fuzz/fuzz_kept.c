/* What a store holds beside the member log, as somebody may have spoiled it: profiles, passkeys, slips, the
 * ledger, rooms that live, the day's look-ups, alerts. Input: rows, one after the other: kind, whose, which, about whom, a number of 16
 * bits that stands for a time, length and data. Those that the store takes are there at the next start: the
 * server refuses to start with them, or it serves all its club with them, and everything is asked for once.
 */
#include "script.h"

enum { ROWS = 64, KINDS = 10, DATA_MAX = 1024 };

static uint64_t started, refused;

static struct id pick_id(struct reader *r)
{
    uint8_t n = read_u8(r);
    struct id id = {{n}};
    return n < ACTORS ? account_of(n) : id;
}

/* Within a day or so of now, or far from it. */
static uint64_t pick_time(struct reader *r)
{
    uint16_t n = read_u16(r);
    if (n < 16) return n;
    return n > 0xfff0 ? (uint64_t)INT64_MAX - n : world.now - 86400000 + (uint64_t)n * 4000;
}

static struct view pick_data(struct reader *r)
{
    size_t n = read_u16(r) % DATA_MAX;
    return read_view(r, n < reader_left(r) ? n : reader_left(r));
}

static enum err keep_room(struct id id, struct view data)
{
    struct store_room room = {id, data};
    return store_mem.put_rooms(club.store, &room, 1);
}

static enum err keep_row(struct reader *r, struct id whose, struct id id, struct id about)
{
    struct ledger_row row = {.room = id, .account = about};
    row.kind = (enum ledger_kind)(read_u8(r) % 6);
    row.since_ms = pick_time(r);
    row.until_ms = pick_time(r);
    row.hop = read_u16(r);
    row.data = pick_data(r);
    (void)whose;
    return store_mem.put_ledger(club.store, &row, 1);
}

static enum err keep_profile(struct reader *r, struct id whose)
{
    struct store_profile p = {.account = whose};
    p.name = pick_data(r);
    p.handle = pick_data(r);
    p.bio = pick_data(r);
    p.picture = pick_data(r);
    p.pronouns = pick_data(r);
    return store_mem.set_profile(club.store, &p);
}

static enum err keep_passkeys(struct reader *r, struct id whose)
{
    struct store_passkey list[LIMIT_PASSKEYS];
    size_t n = read_u8(r) % (LIMIT_PASSKEYS + 1);
    for (size_t i = 0; i < n; i++) {
        list[i].credential = pick_data(r);
        list[i].data = pick_data(r);
    }
    return store_mem.set_passkeys(club.store, whose, list, n);
}

static enum err keep_slip(struct reader *r, unsigned kind, struct id whose, struct id id, struct id about)
{
    struct store_slip n = {(enum store_slip_kind)kind, whose, id, about, pick_time(r), {0}};
    n.data = pick_data(r);
    return store_mem.set_slip(club.store, &n);
}

static enum err keep_lookups(struct reader *r, struct id whose)
{
    struct store_lookups l = {whose, pick_time(r) / 86400000, read_u16(r)};
    return store_mem.set_lookups(club.store, &l);
}

static enum err keep_alerts(struct reader *r, struct id about)
{
    struct alert list[3];
    for (unsigned i = 0; i < 3; i++)
        list[i] = (struct alert){read_u16(r), (enum alert_kind)(read_u8(r) % 9), about, pick_time(r), i};
    return store_mem.set_alerts(club.store, list, 3);
}

static void keep_one(struct reader *r)
{
    unsigned kind = read_u8(r) % KINDS;
    struct id whose = pick_id(r), id = pick_id(r), about = pick_id(r);
    enum err e; /* the store may refuse it, which is as good */
    if (kind == 0)
        e = keep_profile(r, whose);
    else if (kind == 1)
        e = keep_passkeys(r, whose);
    else if (kind <= 5)
        e = keep_slip(r, kind - 1, whose, id, about);
    else if (kind <= 7)
        e = kind == 6 ? keep_row(r, whose, id, about) : keep_room(id, pick_data(r));
    else
        e = kind == 8 ? keep_lookups(r, whose) : keep_alerts(r, about);
    (void)e;
}

/* Whoever comes in sees it all: the hallway with its events and rooms, people, exports, reports, the ledger.
 */
static const char everything[] = HELLO("founder") HELLO("admin") HELLO("tom") HELLO("zoe") HELLO(
    "ann") "tom {\"id\":1,\"do\":\"account.export\"}\n"
           "tom {\"id\":2,\"do\":\"people.list\"}\n"
           "zoe {\"id\":3,\"do\":\"passkey.list\"}\n"
           "guest {\"id\":4,\"do\":\"passkey.look\",\"credential\":\"YQ\"}\n"
           "zoe {\"id\":5,\"do\":\"profile.read\",\"accounts\":[\"$account.tom\",\"$account.ann\"]}\n"
           "admin {\"id\":6,\"do\":\"report.list\"}\n"
           "founder {\"id\":7,\"do\":\"trace.list\"}\n"
           "founder {\"id\":8,\"do\":\"log.append\",\"record\":\"$record.trace-release.founder.0\"}\n"
           "founder {\"id\":9,\"do\":\"trace.read\",\"room\":\"$ledger.0\"}\n"
           "founder {\"id\":10,\"do\":\"event.cancel\",\"event\":\"$event.0\"}\n"
           "admin "
           "{\"id\":11,\"do\":\"report.close\",\"report\":\"$report.0\",\"by\":\"$by.0\",\"untrue\":true}\n"
           "admin {\"id\":22,\"do\":\"admin.alerts\"}\n"
           "desk {\"id\":12,\"do\":\"operator.members\",\"after\":0}\n"
           "desk {\"id\":13,\"do\":\"operator.export\",\"account\":\"$account.ann\"}\n"
           "tom "
           "{\"id\":14,\"do\":\"room.join\",\"room\":\"$room.0\",\"leaf\":\"$leaf.0\",\"media\":{\"ufrag\":"
           "\"abcd\","
           "\"fingerprint\":\"$noise.32\",\"pt\":111,\"level\":1,\"ssrc\":[1,2]}}\n"
           "tom {\"id\":15,\"do\":\"room.keys\",\"room\":\"$room\",$rekey}\n"
           "tom "
           "{\"id\":16,\"do\":\"room.twin\",\"room\":\"$room\",\"live\":true,\"offset\":1,\"timestamp\":1,"
           "\"hop\":1,"
           "\"pattern\":\"$pattern.1\"}\n"
           "time 300\n"
           "zoe {\"id\":17,\"do\":\"people.block\",\"account\":\"$account.tom\",\"on\":true}\n"
           "tom {\"id\":18,\"do\":\"people.follow\",\"account\":\"$account.ann\",\"on\":true}\n"
           "tom {\"id\":19,\"do\":\"profile.set\",\"handle\":\"tom\",\"bio\":\"Here\"}\n"
           "tom {\"id\":20,\"do\":\"passkey.set\",\"passkeys\":[]}\n"
           "ann {\"id\":21,\"do\":\"log.append\",\"record\":\"$record.deletion.ann.ann\"}\n"
           "time 61000\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reader r = reader_init((struct view){data, size});
    script_start();
    for (unsigned i = 0; i < ROWS && reader_left(&r); i++) keep_one(&r);
    if (!club_starts_again()) {
        refused++;
        club_close();
        return 0;
    }
    started++;
    for (unsigned i = 0; i < ACTORS; i++) club_connect(i);
    play(view_str(everything));
    everybody_goes();
    club_close();
    return 0;
}

const char *fuzz_unreached(void)
{
    return !started ? "no server ever started" : !refused ? "no server ever refused to start" : NULL;
}
