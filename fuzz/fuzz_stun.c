/* A STUN message, and the answers it would get. A writer writes other attributes than it reads, so the
 * property is that what we answer parses, belongs to the question and is authentic. */
#include <string.h>

#include "base/limits.h"
#include "must.h"
#include "wire/stun.h"

static void check_answer(const struct writer *w, const struct stun_message *request, uint16_t type,
                         struct view pwd)
{
    struct stun_message m;
    MUST(stun_looks_like(writer_view(w)));
    MUST(stun_parse(&m, writer_view(w)) == OK);
    MUST(m.type == type && m.has_fingerprint && m.has_integrity && !m.unknown_required);
    MUST(memcmp(m.transaction, request->transaction, sizeof(m.transaction)) == 0);
    MUST(stun_check_integrity(&m, pwd) == OK);
}

static void ask_again(const struct stun_message *m, struct view pwd)
{
    uint8_t out[LIMIT_DATAGRAM_BYTES];
    struct stun_message again;
    struct writer w = writer_init(out, sizeof(out));
    MUST(stun_write_request(&w, m->transaction, m->username, pwd, m->priority, m->use_candidate) == OK);
    MUST(stun_parse(&again, writer_view(&w)) == OK);
    MUST(view_eq(again.username, m->username));
    MUST(again.priority == m->priority && again.use_candidate == m->use_candidate);
    MUST(stun_check_integrity(&again, pwd) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view pwd = view_str("VOkJxbRl1RmTxUk/WvJxBt");
    struct stun_message m;
    struct view in = {data, size};
    if (stun_parse(&m, in)) return 0;
    MUST(stun_looks_like(in) || m.type >= 0x0400);
    MUST(!m.has_integrity || m.integrity_at + 24 <= size);
    enum err e = stun_check_integrity(&m, pwd);
    MUST(e == OK || e == ERR_AUTH || (e == ERR_TOO_LARGE && size > LIMIT_DATAGRAM_BYTES));

    uint8_t out[128];
    struct sockaddr_storage from = {.ss_family = size & 1 << 3 ? AF_INET6 : AF_INET};
    struct writer w = writer_init(out, sizeof(out));
    MUST(stun_write_success(&w, &m, &from, pwd) == OK);
    check_answer(&w, &m, STUN_BINDING_SUCCESS, pwd);
    w = writer_init(out, sizeof(out));
    MUST(stun_write_error(&w, &m, m.unknown_required ? 420 : 400, pwd) == OK);
    check_answer(&w, &m, STUN_BINDING_ERROR, pwd);
    if (m.username.len) ask_again(&m, pwd);
    return 0;
}
