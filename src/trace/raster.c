#include "trace/raster.h"

#include <math.h>
#include <png.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { GLYPH_WIDTH = 5, GLYPH_HEIGHT = 7, SCALE = 2 };

/* Seven rows of five dots, the left one in bit 4. Small letters are drawn as capitals, unknown ones as a box.
 */
static const struct {
    char letter;
    uint8_t rows[GLYPH_HEIGHT];
} glyphs[] = {
    {'0', {14, 17, 19, 21, 25, 17, 14}}, {'1', {4, 12, 4, 4, 4, 4, 14}},
    {'2', {14, 17, 1, 2, 4, 8, 31}},     {'3', {31, 2, 4, 2, 1, 17, 14}},
    {'4', {2, 6, 10, 18, 31, 2, 2}},     {'5', {31, 16, 30, 1, 1, 17, 14}},
    {'6', {6, 8, 16, 30, 17, 17, 14}},   {'7', {31, 1, 2, 4, 8, 8, 8}},
    {'8', {14, 17, 17, 14, 17, 17, 14}}, {'9', {14, 17, 17, 15, 1, 2, 12}},
    {'A', {14, 17, 17, 31, 17, 17, 17}}, {'B', {30, 17, 17, 30, 17, 17, 30}},
    {'C', {14, 17, 16, 16, 16, 17, 14}}, {'D', {28, 18, 17, 17, 17, 18, 28}},
    {'E', {31, 16, 16, 30, 16, 16, 31}}, {'F', {31, 16, 16, 30, 16, 16, 16}},
    {'G', {14, 17, 16, 23, 17, 17, 15}}, {'H', {17, 17, 17, 31, 17, 17, 17}},
    {'I', {14, 4, 4, 4, 4, 4, 14}},      {'J', {7, 2, 2, 2, 2, 18, 12}},
    {'K', {17, 18, 20, 24, 20, 18, 17}}, {'L', {16, 16, 16, 16, 16, 16, 31}},
    {'M', {17, 27, 21, 21, 17, 17, 17}}, {'N', {17, 17, 25, 21, 19, 17, 17}},
    {'O', {14, 17, 17, 17, 17, 17, 14}}, {'P', {30, 17, 17, 30, 16, 16, 16}},
    {'Q', {14, 17, 17, 17, 21, 18, 13}}, {'R', {30, 17, 17, 30, 20, 18, 17}},
    {'S', {15, 16, 16, 14, 1, 1, 30}},   {'T', {31, 4, 4, 4, 4, 4, 4}},
    {'U', {17, 17, 17, 17, 17, 17, 14}}, {'V', {17, 17, 17, 17, 17, 10, 4}},
    {'W', {17, 17, 17, 21, 21, 21, 10}}, {'X', {17, 17, 10, 4, 10, 17, 17}},
    {'Y', {17, 17, 17, 10, 4, 4, 4}},    {'Z', {31, 1, 2, 4, 8, 16, 31}},
    {'.', {0, 0, 0, 0, 0, 12, 12}},      {',', {0, 0, 0, 0, 12, 4, 8}},
    {'-', {0, 0, 0, 31, 0, 0, 0}},       {'_', {0, 0, 0, 0, 0, 0, 31}},
    {'^', {4, 10, 17, 0, 0, 0, 0}},      {'(', {2, 4, 8, 8, 8, 4, 2}},
    {')', {8, 4, 2, 2, 2, 4, 8}},        {'\'', {12, 4, 8, 0, 0, 0, 0}},
    {' ', {0, 0, 0, 0, 0, 0, 0}},
};
static const uint8_t unknown[GLYPH_HEIGHT] = {31, 17, 17, 17, 17, 17, 31};

enum err raster_new(struct raster *r, int width, int height)
{
    *r = (struct raster){width, height, malloc((size_t)width * (size_t)height * 3)};
    if (!r->rgb) return ERR_SYSTEM;
    memset(r->rgb, 255, (size_t)width * (size_t)height * 3);
    return OK;
}

void raster_free(struct raster *r)
{
    free(r->rgb);
    r->rgb = NULL;
}

static void dot(struct raster *r, int x, int y, uint32_t colour)
{
    if (x < 0 || y < 0 || x >= r->width || y >= r->height) return;
    uint8_t *p = r->rgb + ((size_t)y * (size_t)r->width + (size_t)x) * 3;
    p[0] = (uint8_t)(colour >> 16), p[1] = (uint8_t)(colour >> 8), p[2] = (uint8_t)colour;
}

void raster_line(struct raster *r, double x0, double y0, double x1, double y1, uint32_t colour)
{
    int steps = (int)ceil(fmax(fabs(x1 - x0), fabs(y1 - y0))) + 1;
    for (int i = 0; i <= steps; i++) {
        int x = (int)lround(x0 + (x1 - x0) * i / steps), y = (int)lround(y0 + (y1 - y0) * i / steps);
        dot(r, x, y, colour);
        dot(r, x, y + 1, colour);
    }
}

static const uint8_t *glyph_of(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    for (size_t i = 0; i < sizeof(glyphs) / sizeof(*glyphs); i++)
        if (glyphs[i].letter == c) return glyphs[i].rows;
    return unknown;
}

void raster_text(struct raster *r, double x, double y, const char *text, uint32_t colour)
{
    for (; *text; text++) {
        if (((unsigned char)*text & 0xc0) == 0x80) continue; /* the rest of a UTF-8 character */
        const uint8_t *rows = glyph_of(*text);
        for (int i = 0; i < GLYPH_HEIGHT * SCALE; i++)
            for (int k = 0; k < GLYPH_WIDTH * SCALE; k++)
                if (rows[i / SCALE] >> (GLYPH_WIDTH - 1 - k / SCALE) & 1)
                    dot(r, (int)x + k, (int)y - GLYPH_HEIGHT * SCALE + i, colour);
        x += (GLYPH_WIDTH + 1) * SCALE;
    }
}

enum err raster_png(const struct raster *r, FILE *out)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)r->width,
                       .height = (png_uint_32)r->height,
                       .format = PNG_FORMAT_RGB};
    return png_image_write_to_stdio(&image, out, 0, r->rgb, 0, NULL) ? OK : ERR_SYSTEM;
}
