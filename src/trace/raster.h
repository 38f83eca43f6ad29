/* A picture in memory: lines, small capital letters, and a PNG file of it. Memory: raster_free. */
#ifndef TRACE_RASTER_H
#define TRACE_RASTER_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct raster {
    int width, height;
    uint8_t *rgb;
};

MUST_CHECK enum err raster_new(struct raster *r, int width, int height); /* white */
void raster_line(struct raster *r, double x0, double y0, double x1, double y1, uint32_t colour);
void raster_text(struct raster *r, double x, double y, const char *text,
                 uint32_t colour); /* y: the base line */
MUST_CHECK enum err raster_png(const struct raster *r, FILE *out);
void raster_free(struct raster *r);

#endif
