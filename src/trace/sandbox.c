#include "trace/sandbox.h"

#include <errno.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/seccomp.h"

static const int library_calls[] = {
    __NR_read,   __NR_pread64,     __NR_write,       __NR_lseek,         __NR_fstat,        __NR_newfstatat,
    __NR_mmap,   __NR_munmap,      __NR_mremap,      __NR_mprotect,      __NR_brk,          __NR_madvise,
    __NR_futex,  __NR_close,       __NR_exit,        __NR_exit_group,    __NR_rt_sigreturn, __NR_getpid,
    __NR_gettid, __NR_sched_yield, __NR_sigaltstack, __NR_clock_gettime,
};

static const int program_calls[] = {
    __NR_socket, __NR_socketpair, __NR_connect, __NR_bind, __NR_kill,
};

static enum err limit(int resource, uint64_t most)
{
    struct rlimit now, wanted;
    if (getrlimit(resource, &now)) return ERR_SYSTEM;
    rlim_t value = most < now.rlim_max ? most : now.rlim_max;
    wanted = (struct rlimit){value, value};
    return setrlimit(resource, &wanted) ? ERR_SYSTEM : OK;
}

static enum err limits(void)
{
    enum err e = limit(RLIMIT_CORE, 0);
    if (!e) e = limit(RLIMIT_FSIZE, 0);
    if (!e) e = limit(RLIMIT_CPU, LIMIT_DECODE_CPU_S);
    return e;
}

enum err sandbox_library(void)
{
    enum err e = limits();
    return e ? e : seccomp_only(library_calls, sizeof(library_calls) / sizeof(*library_calls));
}

/* No writing anywhere: a set of rights without one path that has them. A kernel without landlock says so; the
 * limit on file sizes and the missing network remain. */
static enum err read_only(void)
{
    struct landlock_ruleset_attr all = {
        .handled_access_fs = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                             LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                             LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                             LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                             LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
    };
    long fd = syscall(__NR_landlock_create_ruleset, &all, sizeof(all), 0);
    if (fd < 0) return errno == ENOSYS || errno == EOPNOTSUPP ? OK : ERR_SYSTEM;
    long r = syscall(__NR_landlock_restrict_self, (int)fd, 0);
    close((int)fd);
    return r ? ERR_SYSTEM : OK;
}

enum err sandbox_program(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return ERR_SYSTEM;
    enum err e = limits();
    if (!e) e = limit(RLIMIT_AS, LIMIT_DECODE_MEMORY_BYTES);
    if (!e) e = read_only();
    return e ? e : seccomp_without(program_calls, sizeof(program_calls) / sizeof(*program_calls));
}
