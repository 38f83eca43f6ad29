/* Every signed structure is a row of fixed-size fields. The rows below are the layouts of docs/protocol.md,
 * and parser and writer both walk them, so that the two cannot disagree. */
#include "wire/record.h"

enum { VERSION = 1 };
enum { ROLE_FIRST = 1, ROLE_LAST = 3 }; /* founder, admin, member */

struct field {
    size_t offset, size; /* in the C struct; size 0 ends a row */
    bool number;         /* big-endian on the wire */
};

#define FIELD(type, member, is_number)                                                                       \
    {                                                                                                        \
        offsetof(struct type, member), sizeof(((struct type *)0)->member), is_number                         \
    }
#define BYTES(type, member) FIELD(type, member, false)
#define NUMBER(type, member) FIELD(type, member, true)

static void read_fields(struct reader *r, void *out, const struct field *f)
{
    for (; f->size; f++) {
        uint8_t *member = (uint8_t *)out + f->offset;
        if (!f->number)
            read_bytes(r, member, f->size);
        else if (f->size == sizeof(uint8_t))
            *member = read_u8(r);
        else if (f->size == sizeof(uint32_t))
            *(uint32_t *)(void *)member = read_u32(r);
        else
            *(uint64_t *)(void *)member = read_u64(r);
    }
}

static void write_fields(struct writer *w, const void *in, const struct field *f)
{
    for (; f->size; f++) {
        const uint8_t *member = (const uint8_t *)in + f->offset;
        if (!f->number)
            write_bytes(w, member, f->size);
        else if (f->size == sizeof(uint8_t))
            write_u8(w, *member);
        else if (f->size == sizeof(uint32_t))
            write_u32(w, *(const uint32_t *)(const void *)member);
        else
            write_u64(w, *(const uint64_t *)(const void *)member);
    }
}

/* ---- member-log records ---- */

#define BY BYTES(record, author), BYTES(record, author_device)
#define TIME                                                                                                 \
    NUMBER(record, time_ms),                                                                                 \
    {                                                                                                        \
        0                                                                                                    \
    }

static const struct field founder_or_redeem[] = {BYTES(record, one_time_key), BYTES(record, account_key),
                                                 BYTES(record, device_key), TIME};
static const struct field invite[] = {
    BY, BYTES(record, one_time_key), NUMBER(record, time_ms), NUMBER(record, expires_ms), {0}};
static const struct field device_add[] = {BY, BYTES(record, device_key), TIME};
static const struct field about_target[] = {BY, BYTES(record, target), TIME};
static const struct field role[] = {BY, BYTES(record, target), NUMBER(record, role), TIME};
static const struct field with_key[] = {BY, BYTES(record, one_time_key), TIME};
static const struct field supersede[] = {
    BY,  BYTES(record, second), BYTES(record, second_device), BYTES(record, target), BYTES(record, successor),
    TIME};
static const struct field succession[] = {BY, BYTES(record, target), BYTES(record, successor), TIME};
static const struct field room_ban[] = {
    BY, BYTES(record, target), BYTES(record, host), BYTES(record, room), NUMBER(record, scope), TIME};
static const struct field room_unban[] = {BY, BYTES(record, target), BYTES(record, host), TIME};
static const struct field in_room[] = {BY, BYTES(record, room), TIME};
static const struct field release[] = {BY, BYTES(record, target), NUMBER(record, subtree), TIME};

#undef BY
#undef TIME

static const struct layout {
    enum record_type type;
    const char *purpose;
    unsigned signatures;
    const struct field *fields;
} layouts[] = {
    {RECORD_FOUNDER, "founder", 3, founder_or_redeem},
    {RECORD_INVITE, "invite", 1, invite},
    {RECORD_REDEEM, "redeem", 3, founder_or_redeem},
    {RECORD_DEVICE_ADD, "device-add", 2, device_add},
    {RECORD_DEVICE_REVOKE, "device-revoke", 1, about_target},
    {RECORD_ROLE, "role", 1, role},
    {RECORD_BAN, "ban", 1, about_target},
    {RECORD_UNBAN, "unban", 1, about_target},
    {RECORD_INVITE_REVOKE, "invite-revoke", 1, with_key},
    {RECORD_RECOVERY, "recovery", 2, with_key},
    {RECORD_DELETION, "deletion", 1, about_target},
    {RECORD_SUPERSEDE, "supersede", 2, supersede},
    {RECORD_VETO, "veto", 1, about_target},
    {RECORD_SUCCESSION, "succession", 1, succession},
    {RECORD_ROOM_BAN, "room-ban", 1, room_ban},
    {RECORD_ROOM_UNBAN, "room-unban", 1, room_unban},
    {RECORD_HOLD, "hold", 1, about_target},
    {RECORD_RELEASE, "release", 1, release},
    {RECORD_TRACE_KEY, "trace-key", 1, with_key},
    {RECORD_TRACE_RELEASE, "trace-release", 1, in_room},
};

static const struct layout *layout_of(unsigned type)
{
    for (size_t i = 0; i < sizeof(layouts) / sizeof(*layouts); i++)
        if (layouts[i].type == type) return &layouts[i];
    return NULL;
}

const char *record_purpose(enum record_type t)
{
    const struct layout *l = layout_of(t);
    return l ? l->purpose : NULL;
}

unsigned record_signatures(enum record_type t)
{
    const struct layout *l = layout_of(t);
    return l ? l->signatures : 0;
}

/* Fields that know a few values, and times, which JavaScript reads too. */
static enum err check_choices(const struct record *r)
{
    if (r->time_ms > NUMBER_MAX || r->expires_ms > NUMBER_MAX) return ERR_MALFORMED;
    switch (r->type) {
    case RECORD_ROLE:
        return r->role == ROLE_LAST - 1 || r->role == ROLE_LAST ? OK : ERR_MALFORMED;
    case RECORD_ROOM_BAN:
        return r->scope == SCOPE_EVENING || r->scope == SCOPE_FOR_GOOD ? OK : ERR_MALFORMED;
    case RECORD_RELEASE:
        return r->subtree <= 1 ? OK : ERR_MALFORMED;
    default:
        return OK;
    }
}

enum err record_parse(struct record *out, struct view bytes)
{
    *out = (struct record){0};
    struct reader r = reader_init(bytes);
    uint8_t type = read_u8(&r);
    if (r.err) return r.err;
    const struct layout *l = layout_of(type);
    if (!l) return ERR_UNSUPPORTED;
    out->type = l->type;
    read_fields(&r, out, l->fields);
    out->body = (struct view){bytes.ptr, r.pos};
    for (unsigned i = 0; i < l->signatures; i++) read_bytes(&r, out->sig[i], SIG_BYTES);
    enum err e = reader_end(&r);
    return e ? e : check_choices(out);
}

enum err record_write_body(struct writer *w, const struct record *r)
{
    const struct layout *l = layout_of(r->type);
    if (!l) return ERR_UNSUPPORTED;
    write_u8(w, (uint8_t)r->type);
    write_fields(w, r, l->fields);
    return writer_end(w);
}

/* ---- roster leaf ---- */

static const struct field leaf_fields[] = {NUMBER(leaf, suite),
                                           BYTES(leaf, room),
                                           BYTES(leaf, account),
                                           BYTES(leaf, device),
                                           BYTES(leaf, hpke_key),
                                           BYTES(leaf, kem),
                                           BYTES(leaf, join),
                                           NUMBER(leaf, role),
                                           BYTES(leaf, chain),
                                           NUMBER(leaf, time_ms),
                                           {0}};

static bool suite_known(uint8_t suite)
{
    return suite == SUITE_X25519 || suite == SUITE_HYBRID;
}

enum err leaf_parse(struct leaf *out, struct view bytes)
{
    *out = (struct leaf){0};
    struct reader r = reader_init(bytes);
    uint8_t version = read_u8(&r);
    read_fields(&r, out, leaf_fields);
    out->body = (struct view){bytes.ptr, r.pos};
    read_bytes(&r, out->sig, SIG_BYTES);
    if (r.err) return r.err;
    if (version != VERSION || !suite_known(out->suite)) return ERR_UNSUPPORTED;
    static const struct hash none;
    if (hash_eq(out->kem, none) != (out->suite == SUITE_X25519)) return ERR_MALFORMED;
    if (out->role < ROLE_FIRST || out->role > ROLE_LAST || out->time_ms > NUMBER_MAX) return ERR_MALFORMED;
    return reader_end(&r);
}

enum err leaf_write_body(struct writer *w, const struct leaf *l)
{
    write_u8(w, VERSION);
    write_fields(w, l, leaf_fields);
    return writer_end(w);
}

/* ---- key header ---- */

static const struct field header_fields[] = {NUMBER(key_header, suite),
                                             BYTES(key_header, room),
                                             NUMBER(key_header, counter),
                                             NUMBER(key_header, epoch),
                                             NUMBER(key_header, generation),
                                             BYTES(key_header, prev),
                                             BYTES(key_header, roster_root),
                                             NUMBER(key_header, count),
                                             BYTES(key_header, stage_hash),
                                             BYTES(key_header, trace),
                                             NUMBER(key_header, log_size),
                                             BYTES(key_header, log_head),
                                             BYTES(key_header, commitment),
                                             NUMBER(key_header, time_ms),
                                             BYTES(key_header, steward),
                                             BYTES(key_header, steward_device),
                                             {0}};

enum err key_header_parse(struct key_header *out, struct view bytes)
{
    *out = (struct key_header){0};
    struct reader r = reader_init(bytes);
    uint8_t version = read_u8(&r);
    read_fields(&r, out, header_fields);
    out->body = (struct view){bytes.ptr, r.pos};
    read_bytes(&r, out->sig, SIG_BYTES);
    if (r.err) return r.err;
    if (version != VERSION || !suite_known(out->suite)) return ERR_UNSUPPORTED;
    if (out->log_size > NUMBER_MAX || out->time_ms > NUMBER_MAX) return ERR_MALFORMED;
    return reader_end(&r);
}

enum err key_header_write_body(struct writer *w, const struct key_header *h)
{
    write_u8(w, VERSION);
    write_fields(w, h, header_fields);
    return writer_end(w);
}

/* ---- hello and look ---- */

static enum err write_place(struct writer *w, struct view host, const uint8_t challenge[32])
{
    if (host.len == 0) return ERR_MALFORMED;
    if (host.len > UINT8_MAX) return ERR_TOO_LARGE;
    write_u8(w, (uint8_t)host.len);
    write_view(w, host);
    write_bytes(w, challenge, 32);
    return writer_end(w);
}

enum err hello_write_body(struct writer *w, struct view host, const uint8_t challenge[32], struct id account,
                          struct id device)
{
    enum err e = write_place(w, host, challenge);
    if (e) return e;
    write_bytes(w, account.bytes, ID_BYTES);
    write_bytes(w, device.bytes, ID_BYTES);
    return writer_end(w);
}

enum err look_write_body(struct writer *w, struct view host, const uint8_t challenge[32],
                         const struct key *invite_key)
{
    enum err e = write_place(w, host, challenge);
    if (e) return e;
    write_bytes(w, invite_key->bytes, KEY_BYTES);
    return writer_end(w);
}
