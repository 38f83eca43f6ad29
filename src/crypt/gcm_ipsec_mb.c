/* The direct interface of libipsec-mb: no job queue, no allocation. Its multi-buffer queue was measured too
 * and is no faster for GCM, which keeps the processor's AES and multiply units busy within one packet. */
#include <intel-ipsec-mb.h>
#include <pthread.h>

#include "base/limits.h"
#include "crypt/gcm.h"
#include "crypt/sign.h"

static_assert(sizeof(struct gcm_key_data) <= GCM_KEY_BYTES, "an expanded key fits");

static IMB_MGR *manager; /* read-only after the first use: the direct calls take their functions from it */

static void start(void)
{
    IMB_ARCH arch;
    IMB_MGR *m = alloc_mb_mgr(0);
    if (!m) return;
    init_mb_mgr_auto(m, &arch);
    const uint64_t needed = IMB_FEATURE_AESNI | IMB_FEATURE_PCLMULQDQ;
    if (arch != IMB_ARCH_NONE && arch != IMB_ARCH_NOAESNI && (m->features & needed) == needed)
        manager = m;
    else
        free_mb_mgr(m);
}

static bool usable(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    return pthread_once(&once, start) == 0 && manager;
}

static struct gcm_key_data *data(struct gcm_key *k)
{
    return (struct gcm_key_data *)k->bytes;
}

static enum err init(struct gcm_key *k, const uint8_t key[16])
{
    if (!usable()) return ERR_UNSUPPORTED;
    IMB_AES128_GCM_PRE(manager, key, data(k));
    return OK;
}

static void deinit(struct gcm_key *k)
{
    wipe(k, sizeof(*k));
}

/* What is authenticated must lie in one piece: SRTCP's index, which stands behind the body, is copied to the
 * header. */
static enum err one_piece(const struct gcm_text *t, uint8_t *room, size_t size, struct view *out)
{
    *out = t->head;
    if (!t->extra.len) return OK;
    struct writer w = writer_init(room, size);
    write_view(&w, t->head);
    write_view(&w, t->extra);
    *out = writer_view(&w);
    return writer_end(&w) ? ERR_TOO_LARGE : OK;
}

static enum err seal(struct gcm_key *k, struct gcm_text *t)
{
    uint8_t room[2 * LIMIT_DATAGRAM_BYTES];
    struct gcm_context_data context;
    struct view head;
    enum err e = one_piece(t, room, sizeof(room), &head);
    if (e) return e;
    IMB_AES128_GCM_ENC(manager, data(k), &context, t->body.ptr, t->body.ptr, t->body.len, t->iv, head.ptr,
                       head.len, t->tag, GCM_TAG_BYTES);
    return OK;
}

static enum err open(struct gcm_key *k, struct gcm_text *t)
{
    uint8_t room[2 * LIMIT_DATAGRAM_BYTES], tag[GCM_TAG_BYTES];
    struct gcm_context_data context;
    struct view head;
    enum err e = one_piece(t, room, sizeof(room), &head);
    if (e) return e;
    IMB_AES128_GCM_DEC(manager, data(k), &context, t->body.ptr, t->body.ptr, t->body.len, t->iv, head.ptr,
                       head.len, tag, GCM_TAG_BYTES);
    return equal_secret(tag, t->tag, GCM_TAG_BYTES) ? OK : ERR_SIGNATURE;
}

const struct gcm_row gcm_ipsec_mb = {
    .name = "ipsec-mb", .usable = usable, .init = init, .deinit = deinit, .seal = seal, .open = open};
