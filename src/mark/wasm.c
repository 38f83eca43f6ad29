/* What web/src/mark/worklet.ts calls: one embedder per instance, and the addresses of its buffers. */
#include "mark/embed.h"

#define EXPORT(name) __attribute__((export_name(name)))

enum { BLOCK = 512 }; /* samples per call at most; an AudioWorklet has 128 */

static struct embed embed;
static uint8_t keystream[PATTERN_BYTES];
static float in[BLOCK], out[2][BLOCK];

EXPORT("keystream") uint8_t *mark_keystream(void)
{
    return keystream;
}
EXPORT("input") float *mark_input(void)
{
    return in;
}
EXPORT("output") float *mark_output(unsigned variant)
{
    return out[variant & 1];
}
EXPORT("start") void mark_start(uint32_t first_hop)
{
    embed_init(&embed, keystream, first_hop);
}
EXPORT("hop") uint32_t mark_hop(void)
{
    return embed.hop;
}

EXPORT("run") void mark_run(unsigned n)
{
    embed_run(&embed, in, out[0], out[1], n < BLOCK ? n : BLOCK);
}
