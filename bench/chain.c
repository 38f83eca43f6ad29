/* What it costs the server to verify a whole club, as it does at start-up: every record of every member's
 * path, each once, in the order of the log. `bench-chain MEMBERS` prints one line for chain.ts, which runs
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypt/sign.h"
#include "rooms/rooms.h"
#include "wire/record.h"

enum { DEPTH = 18, FIRST_MS = 1795500000 };

struct person {
    uint8_t account_seed[32], device_seed[32];
    struct id account, device;
    unsigned depth;
};

struct entry {
    uint8_t bytes[LIMIT_RECORD_BYTES];
    size_t len;
    struct hash head;
};

static void must(bool ok, const char *what)
{
    if (ok) return;
    fprintf(stderr, "bench-chain: %s\n", what);
    exit(1);
}

static void on_effect(void *user, const struct effect *e)
{
    (void)user, (void)e;
}

static enum err on_random(void *user, uint8_t *out, size_t n)
{
    (void)user;
    return random_bytes(out, n);
}

/* The record behind the last one, signed by these seeds. */
static void add(struct entry *entries, size_t at, const struct record *rec, const uint8_t *const *seeds,
                unsigned count)
{
    static const struct hash none;
    struct entry *e = &entries[at];
    struct writer w = writer_init(e->bytes, sizeof(e->bytes));
    must(record_signatures(rec->type) == count && record_write_body(&w, rec) == OK, "record");
    struct view body = writer_view(&w);
    for (unsigned i = 0; i < count; i++) {
        uint8_t sig[SIG_BYTES];
        must(sign_make(seeds[i], record_purpose(rec->type), body, sig) == OK, "signature");
        write_bytes(&w, sig, sizeof(sig));
    }
    must(writer_end(&w) == OK, "record");
    e->len = w.len;
    struct hash record = hash_raw(writer_view(&w)), before = at ? entries[at - 1].head : none;
    uint8_t typed[1 + HASH_BYTES] = {(uint8_t)rec->type};
    memcpy(typed + 1, record.bytes, HASH_BYTES);
    e->head = hash_two("log", VIEW(before.bytes), VIEW(typed));
}

static void enter(struct entry *entries, size_t at, enum record_type type, struct person *p,
                  const uint8_t one_time[32])
{
    struct record rec = {.type = type, .time_ms = FIRST_MS + at};
    must(random_bytes(p->account_seed, 32) == OK && random_bytes(p->device_seed, 32) == OK, "random bytes");
    must(sign_public(one_time, &rec.one_time_key) == OK &&
             sign_public(p->account_seed, &rec.account_key) == OK &&
             sign_public(p->device_seed, &rec.device_key) == OK,
         "keys");
    p->account = id_of_key("account", &rec.account_key);
    p->device = id_of_key("device", &rec.device_key);
    add(entries, at, &rec, (const uint8_t *const[]){one_time, p->account_seed, p->device_seed}, 3);
}

static void invite(struct entry *entries, size_t at, const struct person *by, const uint8_t seed[32])
{
    struct record rec = {.type = RECORD_INVITE,
                         .time_ms = FIRST_MS + at,
                         .expires_ms = FIRST_MS + at + 1,
                         .author = by->account,
                         .author_device = by->device};
    must(sign_public(seed, &rec.one_time_key) == OK, "keys");
    add(entries, at, &rec, (const uint8_t *const[]){by->device_seed}, 1);
}

/* The first members are one line down to the deepest; all later ones are spread over all depths. */
static size_t inviter_of(size_t i, const struct person *people)
{
    if (i <= DEPTH) return i - 1;
    size_t by = (i * 2654435761u >> 7) % i; /* the same club every time */
    while (people[by].depth >= DEPTH) by = (by + 1) % i;
    return by;
}

static double replay(const struct entry *entries, size_t count)
{
    struct rooms_config config = {.club_name = view_str("Bench"), .effect = on_effect, .random = on_random};
    struct rooms *r;
    struct timespec from, to;
    must(rooms_new(&r, &config) == OK, "rooms");
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (size_t i = 0; i < count; i++)
        must(rooms_replay(r, i, (struct view){entries[i].bytes, entries[i].len}, entries[i].head) == OK,
             "refused");
    clock_gettime(CLOCK_MONOTONIC, &to);
    rooms_free(r);
    return (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
}

int main(int argc, char **argv)
{
    size_t members = argc > 1 ? strtoul(argv[1], NULL, 10) : 0, depths = 0;
    must(members > DEPTH && members <= LIMIT_MEMBERS, "usage: bench-chain MEMBERS");
    struct person *people = calloc(members, sizeof(*people));
    struct entry *entries = calloc(2 * members, sizeof(*entries));
    must(people && entries, "no memory");
    uint8_t seed[32];
    must(random_bytes(seed, sizeof(seed)) == OK, "random bytes");
    enter(entries, 0, RECORD_FOUNDER, &people[0], seed);
    for (size_t i = 1; i < members; i++) {
        const struct person *by = &people[inviter_of(i, people)];
        must(random_bytes(seed, sizeof(seed)) == OK, "random bytes");
        invite(entries, 2 * i - 1, by, seed);
        enter(entries, 2 * i, RECORD_REDEEM, &people[i], seed);
        people[i].depth = by->depth + 1;
        depths += people[i].depth;
    }
    printf("{\"ms\":%.1f,\"depth\":%d,\"meanDepth\":%.1f}\n", replay(entries, 2 * members - 1), DEPTH,
           (double)depths / (double)members);
    free(people);
    free(entries);
    return 0;
}
