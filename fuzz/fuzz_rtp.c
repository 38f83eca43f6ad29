/* An RTP header with its extensions. Of what parses, the twelve fixed bytes come back. */
#include "must.h"
#include "wire/rtp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view in = {data, size}, payload;
    struct rtp_header h;
    enum packet_kind kind = packet_kind(in);
    MUST(kind >= PACKET_STUN && kind <= PACKET_OTHER);
    if (rtp_parse(&h, in)) {
        MUST(h.header_len == 0);
        return 0;
    }
    MUST(kind == PACKET_RTP || kind == PACKET_RTCP);
    MUST(h.header_len >= RTP_HEADER_BYTES && h.header_len <= size);

    uint8_t out[RTP_HEADER_BYTES];
    struct writer w = writer_init(out, sizeof(out));
    rtp_write_header(&w, &h);
    MUST(writer_end(&w) == OK);
    for (size_t i = 0; i < RTP_HEADER_BYTES;
         i++) /* we send neither CSRCs nor extensions: these bits are not kept */
        MUST(out[i] == (i == 0 ? data[i] & 0xe0 : data[i]));

    for (unsigned id = 0; id < 256; id += id < 16 ? 1 : 48) { /* all one-byte ids, some others */
        bool voice;
        MUST(rtp_audio_level(&h, (uint8_t)id, &voice) <= 127);
    }
    if (rtp_payload(&h, in, &payload) == OK) MUST(payload.len <= size - h.header_len);
    return 0;
}
