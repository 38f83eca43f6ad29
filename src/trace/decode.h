/* The child of trace/audio.c. It never returns. */
#ifndef TRACE_DECODE_H
#define TRACE_DECODE_H

enum decode_exit { DECODE_DONE = 0, DECODE_REFUSED = 3, DECODE_NO_PROGRAM = 4, DECODE_NO_SANDBOX = 5 };

/* Writes the rate (4 bytes, of this machine) and mono floats. */
_Noreturn void decode_library(int in, int out);
/* ffmpeg with one demuxer and no protocol but files; mono floats of FIELD_RATE. */
_Noreturn void decode_program(int in, int out, const char *demuxer);

#endif
