/* OpenSSL's way to the outside: reads the one datagram of the current call, writes into the flight. One write
 * is one datagram, one read is one datagram: the boundaries stay. */
#include "crypt/dtls_internal.h"

void flight_add(struct flight *f, struct view datagram)
{
    if (f->count == FLIGHT_DATAGRAMS) return;
    struct writer w = {.ptr = f->bytes, .cap = sizeof(f->bytes), .len = f->used};
    write_view(&w, datagram);
    if (writer_end(&w) != OK) return;
    f->used = w.len;
    f->len[f->count++] = (uint16_t)datagram.len;
}

static int bio_write(BIO *bio, const char *data, int len)
{
    struct dtls *d = BIO_get_data(bio);
    if (len <= 0 || len > DTLS_MTU) return len;
    flight_add(&d->shake->flight, (struct view){(const uint8_t *)data, (size_t)len});
    return len;
}

static int bio_read(BIO *bio, char *out, int cap)
{
    struct dtls *d = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (d->shake->in.len == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t n = cap > 0 && (size_t)cap < d->shake->in.len ? (size_t)cap : d->shake->in.len;
    memcpy(out, d->shake->in.ptr, n);
    d->shake->in.len = 0; /* what does not fit is cut off, as recvfrom does */
    return (int)n;
}

static long bio_ctrl(BIO *bio, int what, long number, void *pointer)
{
    (void)bio, (void)number, (void)pointer;
    return what == BIO_CTRL_FLUSH; /* all else, MTU discovery and time-outs included, is not for us */
}

static int bio_create(BIO *bio)
{
    BIO_set_init(bio, 1);
    return 1;
}

BIO_METHOD *dtls_bio_method(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "aparte datagrams");
    if (m && BIO_meth_set_write(m, bio_write) == 1 && BIO_meth_set_read(m, bio_read) == 1 &&
        BIO_meth_set_ctrl(m, bio_ctrl) == 1 && BIO_meth_set_create(m, bio_create) == 1)
        return m;
    BIO_meth_free(m);
    return NULL;
}
