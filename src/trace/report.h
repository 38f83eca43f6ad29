/* A finding in words and in JSON. */
#ifndef TRACE_REPORT_H
#define TRACE_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "trace/inquiry.h"

/* `file`: the recording's name; odd characters are replaced. */
void report_text(FILE *out, const struct session *s, const struct finding *f, const char *file,
                 double log10_threshold);
json_t *report_json(const struct session *s, const struct finding *f,
                    double log10_threshold); /* NULL: no memory */

#endif
