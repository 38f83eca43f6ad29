/* Filters of system calls, as seccomp(2) has them: for this thread and all that it starts, for good. What is
 * stopped fails with EPERM; calls of another architecture, x32's among them, end the process. */
#ifndef BASE_SECCOMP_H
#define BASE_SECCOMP_H

#include <stddef.h>

#include "base/err.h"

/* These calls and no others. At most SECCOMP_CALLS. */
MUST_CHECK enum err seccomp_only(const int *calls, size_t count);
/* All but these, and but those with which a process reaches into others, into the kernel or into what the
 * whole machine sees. */
MUST_CHECK enum err seccomp_without(const int *calls, size_t count);

enum { SECCOMP_CALLS = 96 };

#endif
