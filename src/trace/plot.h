/* The plot of a finding: how the score of each suspect grows over the recording. SVG or PNG, by the path's
 * ending. */
#ifndef TRACE_PLOT_H
#define TRACE_PLOT_H

#include "trace/inquiry.h"

bool plot_path_ok(const char *path); /* ends in .svg or .png */
MUST_CHECK enum err plot_write(const char *path, const struct session *s, const struct finding *f);

#endif
