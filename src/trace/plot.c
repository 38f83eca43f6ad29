#include "trace/plot.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "trace/raster.h"

enum { WIDTH = 960, HEIGHT = 540, LEFT = 70, RIGHT = 20, TOP = 30, BOTTOM = 50, LEGEND = 24 };
static const uint32_t ink = 0x333333, grid = 0xdddddd;
static const uint32_t colours[FINDING_SUSPECTS] = {0xb3261e, 0x1d5fa8, 0x2e7d32, 0x8e5a00,
                                                   0x6a3fa0, 0x00707a, 0x8a1f5c, 0x5d5d5d};

/* Either a file of SVG or a picture. */
struct canvas {
    FILE *svg;
    struct raster *raster;
};

static void draw_line(struct canvas *c, double x0, double y0, double x1, double y1, uint32_t colour)
{
    if (c->raster)
        raster_line(c->raster, x0, y0, x1, y1, colour);
    else
        fprintf(c->svg,
                "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#%06x\" stroke-width=\"2\" fill=\"none\"/>\n", x0,
                y0, x1, y1, colour);
}

static void draw_text(struct canvas *c, double x, double y, const char *text, uint32_t colour)
{
    if (c->raster) {
        raster_text(c->raster, x, y, text, colour);
        return;
    }
    fprintf(c->svg, "<text x=\"%.1f\" y=\"%.1f\" fill=\"#%06x\">", x, y, colour);
    for (; *text; text++) {
        if (*text == '<')
            fputs("&lt;", c->svg);
        else if (*text == '&')
            fputs("&amp;", c->svg);
        else
            fputc(*text, c->svg);
    }
    fputs("</text>\n", c->svg);
}

static double step_of(double range) /* of 1, 2, 5 times a power of ten, at most eight lines */
{
    double step = pow(10, floor(log10(range / 8)));
    while (range / step > 8) step *= range / step > 20 ? 5 : 2;
    return step;
}

struct axes {
    double seconds, low, high;
};

static double x_of(const struct axes *a, double s)
{
    return LEFT + s / a->seconds * (WIDTH - LEFT - RIGHT);
}

static double y_of(const struct axes *a, double v)
{
    return HEIGHT - BOTTOM - (v - a->low) / (a->high - a->low) * (HEIGHT - TOP - BOTTOM);
}

static struct axes axes_of(const struct finding *f)
{
    struct axes a = {f->seconds, 0, 10};
    for (size_t i = 0; i < f->suspect_count; i++)
        for (size_t k = 0; k < f->suspects[i].points; k++) {
            a.low = fmin(a.low, f->suspects[i].curve[k].score);
            a.high = fmax(a.high, f->suspects[i].curve[k].score);
        }
    return a;
}

static void draw_axes(struct canvas *c, const struct axes *a)
{
    char text[40];
    double step = step_of(a->high - a->low);
    double first = ceil(a->low / step) * step;
    for (int k = 0; first + k * step <= a->high; k++) {
        double v = first + k * step;
        draw_line(c, LEFT, y_of(a, v), WIDTH - RIGHT, y_of(a, v), grid);
        snprintf(text, sizeof(text), "%.0f", v);
        draw_text(c, 14, y_of(a, v) + 6, text, ink);
    }
    step = step_of(a->seconds);
    for (int k = 0; k * step <= a->seconds; k++) {
        double s = k * step;
        draw_line(c, x_of(a, s), HEIGHT - BOTTOM, x_of(a, s), HEIGHT - BOTTOM + 6, ink);
        snprintf(text, sizeof(text), "%g s", s);
        draw_text(c, x_of(a, s) - 8, HEIGHT - BOTTOM + 26, text, ink);
    }
    draw_line(c, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, ink);
    draw_text(c, LEFT, TOP - 8, "Score (natural log of likelihood ratio) over the recording", ink);
}

static void draw(struct canvas *c, const struct session *s, const struct finding *f)
{
    struct axes a = axes_of(f);
    draw_axes(c, &a);
    for (size_t i = 0; i < f->suspect_count; i++) {
        const struct suspect *x = &f->suspects[i];
        double px = x_of(&a, 0), py = y_of(&a, 0);
        for (size_t k = 0; k < x->points; k++) {
            double nx = x_of(&a, x->curve[k].at_s), ny = y_of(&a, x->curve[k].score);
            draw_line(c, px, py, nx, ny, colours[i]);
            px = nx, py = ny;
        }
        char label[LIMIT_NAME_BYTES + 60];
        snprintf(label, sizeof(label), "%zu. %s  10^%.1f%s", i + 1, s->listeners[x->listener].name,
                 x->log10_p, i < f->named ? "  named" : "");
        draw_text(c, LEFT + 14, TOP + 18 + LEGEND * (double)i, label, colours[i]);
    }
}

bool plot_path_ok(const char *path)
{
    size_t n = strlen(path);
    return n > 4 && (!strcmp(path + n - 4, ".svg") || !strcmp(path + n - 4, ".png"));
}

enum err plot_write(const char *path, const struct session *s, const struct finding *f)
{
    bool png = !strcmp(path + strlen(path) - 4, ".png");
    struct raster raster = {0};
    struct canvas c = {.raster = png ? &raster : NULL};
    enum err e = png ? raster_new(&raster, WIDTH, HEIGHT) : OK;
    c.svg = e ? NULL : fopen(path, "wb");
    if (!e && !c.svg) e = ERR_SYSTEM;
    if (!e && !png)
        fprintf(c.svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" "
                "font-size=\"16\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
                WIDTH, HEIGHT);
    if (!e) draw(&c, s, f);
    if (!e && png) e = raster_png(&raster, c.svg);
    if (!e && !png) fputs("</svg>\n", c.svg);
    if (c.svg && (ferror(c.svg) | fclose(c.svg)) && !e) e = ERR_SYSTEM;
    raster_free(&raster);
    return e;
}
