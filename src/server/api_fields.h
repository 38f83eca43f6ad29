/* Private to api*.c: how the members of one JSON object are taken, and the decoders of the requests. */
#ifndef SERVER_API_FIELDS_H
#define SERVER_API_FIELDS_H

#include <jansson.h>

#include "server/api.h"

/* A walk over one JSON object, with a sticky error: take every member it may have, then ask take_end(). */
struct members {
    struct request *r;
    json_t *object;
    size_t taken;
    enum err err;
};

void *arena_take(struct request *r, size_t n); /* memory that lives as long as the request */
void arena_free(struct request *r);

void take_fail(struct members *m, enum err e);
json_t *take_maybe(struct members *m, const char *key); /* NULL: absent */
json_t *take_value(struct members *m, const char *key, json_type type);
void take_end(struct members *m);
struct members take_inside(struct members *m, json_t *object);

uint64_t take_number(struct members *m, const char *key, uint64_t min, uint64_t max);
bool take_bool(struct members *m, const char *key);
bool maybe_bool(struct members *m, const char *key); /* absent: false */
struct view take_text(struct members *m, const char *key);
bool maybe_text(struct members *m, const char *key, struct view *out); /* whether it is there */
void decode_exact(struct members *m, uint8_t *out, size_t len, const json_t *v);
void take_exact(struct members *m, const char *key, uint8_t *out, size_t len);
#define TAKE_EXACT(m, key, field) take_exact(m, key, (field), sizeof(field))
struct view decode_bytes(struct members *m, const json_t *v, size_t max);
struct view take_bytes(struct members *m, const char *key, size_t max);
bool maybe_bytes(struct members *m, const char *key, size_t max, struct view *out);
/* An array and memory for its decoded elements; NULL on error, and for an empty one. */
void *take_array(struct members *m, const char *key, size_t max, size_t size, json_t **array, size_t *count);
const struct id *take_ids(struct members *m, const char *key, size_t max, size_t *count);

/* ---- api_club.c ---- */
void decode_nothing(struct members *m, struct command *c);
void decode_look(struct members *m, struct command *c);
void decode_record(struct members *m, struct command *c);
void decode_redeem(struct members *m, struct command *c);
void decode_hello(struct members *m, struct command *c);
void decode_log_read(struct members *m, struct command *c);
void decode_pair_open(struct members *m, struct command *c);
void decode_pair_find(struct members *m, struct command *c);
void decode_pair_offer(struct members *m, struct command *c);
void decode_recovery_look(struct members *m, struct command *c);
void decode_claim(struct members *m, struct command *c);
void decode_chains(struct members *m, struct command *c);
void decode_profiles(struct members *m, struct command *c);
void decode_profile(struct members *m, struct command *c);
void decode_passkeys(struct members *m, struct command *c);
void decode_passkey(struct members *m, struct command *c);
void decode_members(struct members *m, struct command *c);
void decode_find(struct members *m, struct command *c);
void decode_person(struct members *m, struct command *c);

/* ---- api_hall.c ---- */
enum room_who take_who(struct members *m, const struct id **picked, size_t *count);
void decode_tie(struct members *m, struct command *c);
void decode_event(struct members *m, struct command *c);
void decode_cancel(struct members *m, struct command *c);
void decode_report(struct members *m, struct command *c);
void decode_close(struct members *m, struct command *c);

/* ---- api_room.c ---- */
void decode_open(struct members *m, struct command *c);
void decode_join(struct members *m, struct command *c);
void decode_path(struct members *m, struct command *c);
void decode_knock(struct members *m, struct command *c);
void decode_up(struct members *m, struct command *c);
void decode_muted(struct members *m, struct command *c);
void decode_accept(struct members *m, struct command *c);
void decode_talk(struct members *m, struct command *c);
void decode_pin(struct members *m, struct command *c);
void decode_silence(struct members *m, struct command *c);
void decode_role(struct members *m, struct command *c);
void decode_locked(struct members *m, struct command *c);
void decode_title(struct members *m, struct command *c);
void decode_hands(struct members *m, struct command *c);

/* ---- api_keys.c ---- */
void decode_keys(struct members *m, struct command *c);
void decode_seals(struct members *m, struct command *c);
void decode_live(struct members *m, struct command *c);
void decode_kem(struct members *m, struct command *c);

/* ---- api_trace.c ---- */
void decode_twin(struct members *m, struct command *c);
void decode_trace_read(struct members *m, struct command *c);
void decode_trace(struct members *m, struct command *c);

#endif
