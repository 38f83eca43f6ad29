/* What `aparte serve` gives up: none of it can be taken back, and every thread that is started later has
 * given it up too. After both calls the process cannot be dumped, swapped out or gain rights, opens only what
 * is named here, starts no program, and asks nothing of the kernel that a server has no use for. Linux;
 * setrlimit(2), mlockall(2), prctl(2), seccomp(2), landlock(7). Thread: main, at start-up. */
#ifndef SERVER_SANDBOX_H
#define SERVER_SANDBOX_H

#include "server/config.h"

/* First of all. On failure `why` is a sentence, here and below. Where memory cannot be locked
 * (RLIMIT_MEMLOCK), or calls not be filtered, the log says so, and the server runs all the same. */
MUST_CHECK enum err sandbox_process(unsigned media_threads, char *why, size_t why_size);
/* When the data folder is there and before the first thread. From then on: the data folder to read and write,
 * the certificate and its key to read, and what the libraries read of the system (/usr, trusted certificates,
 * random bytes). No TCP connection to anybody, no signal to others. How much of it the kernel can hold is in
 * the log; a kernel without landlock holds none of it, and the server runs all the same. */
MUST_CHECK enum err sandbox_files(const struct config *c, char *why, size_t why_size);

#endif
