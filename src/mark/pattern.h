/* The shape of the mark, shared by the embedder and the detector; docs/tracing.md has the reasons.
 *
 * Time is cut into cells of two slots of four hops of 10 ms, the spectrum from 300 to 6,700 Hz into ten pairs
 * of bands of 320 Hz. Per cell and pair one secret bit, the chip, says which half of a 2x2 dipole is raised:
 * chip 1 raises the lower band and lowers the upper one in the first slot, and the other way round in the
 * second. Variant B has every gain of A inverted. Three cells are a segment, 12 frames of 20 ms: what a
 * listener gets in one variant.
 *
 * The chips are a keystream: AES-256-CTR of zeros from counter 0 under the speaker's pattern key, two bytes a
 * cell, chip i in bit i of the little-endian number. It is made outside (WebCrypto, OpenSSL), as an
 * AudioWorklet has neither, and wraps round after PATTERN_CELLS. */
#ifndef MARK_PATTERN_H
#define MARK_PATTERN_H

#include <stdint.h>

enum {
    PATTERN_RATE = 48000,
    PATTERN_HOP = 480, /* samples: 10 ms */
    PATTERN_SLOT_HOPS = 4,
    PATTERN_CELL_HOPS = 2 * PATTERN_SLOT_HOPS,
    PATTERN_BANDS = 20,
    PATTERN_CHIPS = PATTERN_BANDS / 2, /* per cell */
    PATTERN_LOW_HZ = 300,
    PATTERN_BAND_HZ = 320,
    PATTERN_CELL_BYTES = 2,
    PATTERN_CELLS = 1 << 18, /* 5.8 hours */
    PATTERN_BYTES = PATTERN_CELLS * PATTERN_CELL_BYTES,
    SEGMENT_CELLS = 3,
    SEGMENT_HOPS = SEGMENT_CELLS * PATTERN_CELL_HOPS,
    SEGMENT_MS = SEGMENT_HOPS * 10,
};

static inline unsigned pattern_chips(const uint8_t *keystream, uint32_t cell)
{
    const uint8_t *at = keystream + (cell % PATTERN_CELLS) * PATTERN_CELL_BYTES;
    return at[0] | (unsigned)at[1] << 8;
}

#endif
