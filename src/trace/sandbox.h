/* What a child process gives up before it touches a file that somebody else made. None of it can be taken
 * back. Linux; seccomp(2), setrlimit(2), landlock(7). */
#ifndef TRACE_SANDBOX_H
#define TRACE_SANDBOX_H

#include "base/err.h"

/* Nothing but memory, reading, writing and seeking what is open. */
MUST_CHECK enum err sandbox_library(void);
/* For a program that is started next: no network, no other process, no file made or changed. */
MUST_CHECK enum err sandbox_program(void);

#endif
