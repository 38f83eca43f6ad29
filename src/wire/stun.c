#include "wire/stun.h"

#include <string.h>

#include "base/limits.h"
#include "crypt/sign.h"

enum {
    COOKIE = 0x2112a442,
    FINGERPRINT_XOR = 0x5354554e,
    HEADER_BYTES = 20,
    ATTRIBUTE_BYTES = 4, /* type and length */
    INTEGRITY_BYTES = 20,
    FINGERPRINT_BYTES = 4,
    USERNAME_MAX = 508, /* RFC 8489 14.3: less than 509 bytes */
};

enum attribute {
    MAPPED_ADDRESS = 0x0001,
    USERNAME = 0x0006,
    MESSAGE_INTEGRITY = 0x0008,
    ERROR_CODE = 0x0009,
    UNKNOWN_ATTRIBUTES = 0x000a,
    REALM = 0x0014,
    NONCE = 0x0015,
    MESSAGE_INTEGRITY_SHA256 = 0x001c,
    XOR_MAPPED_ADDRESS = 0x0020,
    PRIORITY = 0x0024,
    USE_CANDIDATE = 0x0025,
    FIRST_OPTIONAL = 0x8000,
    FINGERPRINT = 0x8028,
    ICE_CONTROLLED = 0x8029,
    ICE_CONTROLLING = 0x802a,
};

/* CRC-32 of ISO 3309 (RFC 8489 14.7), a nibble at a time: short messages, 64 bytes of table. */
static uint32_t crc32(struct view v)
{
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < v.len; i++) {
        crc ^= v.ptr[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

bool stun_looks_like(struct view datagram)
{
    struct reader r = reader_init(datagram);
    uint16_t type = read_u16(&r);
    read_u16(&r);
    uint32_t cookie = read_u32(&r);
    read_skip(&r, 12);
    return !r.err && type < 0x0400 && cookie == COOKIE;
}

/* ---- reading ---- */

static void expect_length(struct reader *r, struct view value, size_t len)
{
    if (value.len != len) reader_fail(r, ERR_MALFORMED);
}

static void check_fingerprint(struct stun_message *m, struct reader *r, size_t at, struct view value)
{
    struct reader v = reader_init(value);
    uint32_t given = read_u32(&v);
    expect_length(r, value, FINGERPRINT_BYTES);
    if (given != (crc32((struct view){m->whole.ptr, at}) ^ FINGERPRINT_XOR)) reader_fail(r, ERR_MALFORMED);
    if (reader_left(r)) reader_fail(r, ERR_TRAILING); /* RFC 8489 14.7: it is the last attribute */
    m->has_fingerprint = true;
}

/* Of attributes that occur twice only the first counts (RFC 8489 14). */
static void read_attribute(struct stun_message *m, struct reader *r, uint16_t type, struct view value)
{
    struct reader v = reader_init(value);
    switch (type) {
    case USERNAME:
        if (value.len == 0 || value.len > USERNAME_MAX) reader_fail(r, ERR_MALFORMED);
        if (!m->username.len) m->username = value;
        break;
    case PRIORITY:
        expect_length(r, value, 4);
        if (!m->priority) m->priority = read_u32(&v);
        break;
    case USE_CANDIDATE:
        expect_length(r, value, 0);
        m->use_candidate = true;
        break;
    case ICE_CONTROLLED:
        expect_length(r, value, 8);
        m->controlled = true;
        break;
    case ICE_CONTROLLING:
        expect_length(r, value, 8);
        m->controlling = true;
        break;
    case MAPPED_ADDRESS:
    case ERROR_CODE:
    case UNKNOWN_ATTRIBUTES:
    case REALM:
    case NONCE:
    case MESSAGE_INTEGRITY_SHA256:
    case XOR_MAPPED_ADDRESS:
        break; /* understood, and nothing to an ICE-lite agent */
    default:
        if (type < FIRST_OPTIONAL && !m->unknown_required) m->unknown_required = type;
    }
}

static void read_next(struct stun_message *m, struct reader *r)
{
    size_t at = r->pos;
    uint16_t type = read_u16(r), len = read_u16(r);
    struct view value = read_view(r, len);
    read_skip(r, -(size_t)len & 3);
    if (r->err) return;
    if (type == FINGERPRINT) {
        check_fingerprint(m, r, at, value);
    } else if (m->has_integrity) {
        return; /* RFC 8489 14.5: what follows it is not protected by it, and is ignored */
    } else if (type == MESSAGE_INTEGRITY) {
        expect_length(r, value, INTEGRITY_BYTES);
        m->has_integrity = true;
        m->integrity_at = at;
    } else {
        read_attribute(m, r, type, value);
    }
}

enum err stun_parse(struct stun_message *out, struct view datagram)
{
    *out = (struct stun_message){.whole = datagram};
    struct reader r = reader_init(datagram);
    out->type = read_u16(&r);
    uint16_t len = read_u16(&r);
    uint32_t cookie = read_u32(&r);
    read_bytes(&r, out->transaction, sizeof(out->transaction));
    if (r.err) return r.err;
    if (out->type >= 0x4000 || cookie != COOKIE || len % 4) return ERR_MALFORMED;
    if (len > reader_left(&r)) return ERR_TRUNCATED;
    if (len < reader_left(&r)) return ERR_TRAILING;
    while (reader_left(&r)) read_next(out, &r);
    return reader_end(&r);
}

/* ---- MESSAGE-INTEGRITY and FINGERPRINT ---- */

/* RFC 8489 14.5: over everything before the attribute, with the length that the message has if it ends there.
 */
static enum err integrity(struct view before, struct view pwd, uint8_t mac[INTEGRITY_BYTES])
{
    uint8_t copy[LIMIT_DATAGRAM_BYTES];
    struct writer w = writer_init(copy, sizeof(copy));
    write_view(&w, before);
    patch_u16(&w, 2, (uint16_t)(before.len - HEADER_BYTES + ATTRIBUTE_BYTES + INTEGRITY_BYTES));
    enum err e = writer_end(&w);
    if (!e) hmac_sha1(pwd, writer_view(&w), mac);
    return e;
}

enum err stun_check_integrity(const struct stun_message *m, struct view pwd)
{
    if (!m->has_integrity || pwd.len == 0) return ERR_AUTH;
    struct reader r = reader_init(m->whole);
    struct view before = read_view(&r, m->integrity_at);
    uint8_t given[INTEGRITY_BYTES], made[INTEGRITY_BYTES];
    read_skip(&r, ATTRIBUTE_BYTES);
    read_bytes(&r, given, sizeof(given));
    if (r.err) return r.err;
    enum err e = integrity(before, pwd, made);
    if (e) return e;
    return equal_secret(given, made, sizeof(made)) ? OK : ERR_AUTH;
}

/* ---- writing ---- */

static void write_header(struct writer *w, uint16_t type, const uint8_t transaction[12])
{
    write_u16(w, type);
    write_u16(w, 0); /* patched by finish() */
    write_u32(w, COOKIE);
    write_bytes(w, transaction, 12);
}

static void write_attribute(struct writer *w, enum attribute type, struct view value)
{
    static const uint8_t zeros[3];
    write_u16(w, (uint16_t)type);
    write_u16(w, (uint16_t)value.len);
    write_view(w, value);
    write_bytes(w, zeros, -value.len & 3);
}

/* The message is all that the writer holds: its offsets count from the header. */
static enum err finish(struct writer *w, struct view pwd)
{
    if (pwd.len && !w->err) {
        uint8_t mac[INTEGRITY_BYTES];
        enum err e = integrity(writer_view(w), pwd, mac);
        if (e) return e;
        write_attribute(w, MESSAGE_INTEGRITY, VIEW(mac));
    }
    patch_u16(w, 2, (uint16_t)(w->len - HEADER_BYTES + ATTRIBUTE_BYTES + FINGERPRINT_BYTES));
    if (w->err) return w->err;
    uint32_t crc = crc32(writer_view(w)) ^ FINGERPRINT_XOR;
    write_u16(w, FINGERPRINT);
    write_u16(w, FINGERPRINT_BYTES);
    write_u32(w, crc);
    return writer_end(w);
}

/* RFC 8489 14.2. A socket of both families shows IPv4 peers as ::ffff:a.b.c.d; they know themselves as IPv4.
 */
static enum err write_mapped_address(struct writer *w, const uint8_t transaction[12],
                                     const struct sockaddr_storage *from)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memcpy(&v4, from, sizeof(v4));
    memcpy(&v6, from, sizeof(v6));
    bool six = from->ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
    if (from->ss_family != AF_INET && from->ss_family != AF_INET6) return ERR_UNSUPPORTED;

    uint8_t address[16];
    size_t n = six ? 16 : 4;
    if (from->ss_family == AF_INET)
        memcpy(address, &v4.sin_addr, 4);
    else
        memcpy(address, &v6.sin6_addr.s6_addr[16 - n], n);
    uint16_t port = ntohs(from->ss_family == AF_INET ? v4.sin_port : v6.sin6_port);

    uint8_t mask[16];
    struct writer m = writer_init(mask, sizeof(mask));
    write_u32(&m, COOKIE);
    write_bytes(&m, transaction, 12);
    for (size_t i = 0; i < n; i++) address[i] ^= mask[i];

    uint8_t value[20];
    struct writer v = writer_init(value, sizeof(value));
    write_u16(&v, six ? 2 : 1); /* a zero byte and the family */
    write_u16(&v, port ^ COOKIE >> 16);
    write_bytes(&v, address, n);
    write_attribute(w, XOR_MAPPED_ADDRESS, writer_view(&v));
    return writer_end(w);
}

enum err stun_write_success(struct writer *w, const struct stun_message *request,
                            const struct sockaddr_storage *from, struct view pwd)
{
    if (w->len) return ERR_STATE;
    write_header(w, STUN_BINDING_SUCCESS, request->transaction);
    enum err e = write_mapped_address(w, request->transaction, from);
    return e ? e : finish(w, pwd);
}

static const char *reason(int code)
{
    switch (code) {
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthenticated";
    case 420:
        return "Unknown Attribute";
    case 487:
        return "Role Conflict";
    default:
        return "Error";
    }
}

enum err stun_write_error(struct writer *w, const struct stun_message *request, int code, struct view pwd)
{
    if (w->len) return ERR_STATE;
    if (code < 300 || code > 699) return ERR_MALFORMED;
    uint8_t value[64];
    struct writer v = writer_init(value, sizeof(value));
    write_u16(&v, 0);
    write_u8(&v, (uint8_t)(code / 100));
    write_u8(&v, (uint8_t)(code % 100));
    write_view(&v, view_str(reason(code)));

    write_header(w, STUN_BINDING_ERROR, request->transaction);
    write_attribute(w, ERROR_CODE, writer_view(&v));
    if (code == 420) {
        uint8_t list[2];
        struct writer l = writer_init(list, sizeof(list));
        write_u16(&l, request->unknown_required);
        write_attribute(w, UNKNOWN_ATTRIBUTES, writer_view(&l));
    }
    return finish(w, pwd);
}

enum err stun_write_request(struct writer *w, const uint8_t transaction[12], struct view username,
                            struct view pwd, uint32_t priority, bool use_candidate)
{
    if (w->len) return ERR_STATE;
    if (username.len == 0 || username.len > USERNAME_MAX) return ERR_MALFORMED;
    uint8_t number[8];
    struct writer n = writer_init(number, sizeof(number));
    write_u32(&n, priority);

    write_header(w, STUN_BINDING_REQUEST, transaction);
    write_attribute(w, USERNAME, username);
    write_attribute(w, PRIORITY, writer_view(&n));
    write_attribute(w, ICE_CONTROLLING,
                    (struct view){transaction, 8}); /* a tie-breaker: any 64 random bits */
    if (use_candidate) write_attribute(w, USE_CANDIDATE, (struct view){0});
    return finish(w, pwd);
}
