/* A file from anywhere becomes samples: WAV, FLAC, Ogg (Opus, Vorbis), MP3, MP4/M4A, Matroska/WebM, told
 * apart by their first bytes. libsndfile decodes what it knows, ffmpeg, where installed, the rest; either
 * runs in a child that has given everything up but that file (trace/sandbox.h). Thread: main, while there is
 * no other: it forks. */
#ifndef TRACE_AUDIO_H
#define TRACE_AUDIO_H

#include <stddef.h>

#include "base/err.h"

/* *pcm: FIELD_RATE, mono, malloc'd, the caller's. `why`: a sentence for people when it fails. */
MUST_CHECK enum err audio_load(const char *path, float **pcm, size_t *n, char *why, size_t why_cap);

#endif
