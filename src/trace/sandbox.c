#include "trace/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp filter for this machine"
#endif

static const int library_calls[] = {
    __NR_read,   __NR_pread64,     __NR_write,       __NR_lseek,         __NR_fstat,        __NR_newfstatat,
    __NR_mmap,   __NR_munmap,      __NR_mremap,      __NR_mprotect,      __NR_brk,          __NR_madvise,
    __NR_futex,  __NR_close,       __NR_exit,        __NR_exit_group,    __NR_rt_sigreturn, __NR_getpid,
    __NR_gettid, __NR_sched_yield, __NR_sigaltstack, __NR_clock_gettime,
};

static const int program_calls[] = {
    __NR_socket,
    __NR_socketpair,
    __NR_connect,
    __NR_bind,
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_unshare,
    __NR_setns,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_io_uring_setup,
    __NR_userfaultfd,
    __NR_kill,
    __NR_pidfd_open,
    __NR_pidfd_getfd,
    __NR_init_module,
    __NR_finit_module,
    __NR_kexec_load,
};

enum { CALLS_MAX = 32, HEAD = 4 };

/* Those of `calls` may pass (allow) or only the others; the rest fails with EPERM. Another architecture's
 * calls, x32's among them, never pass. */
static enum err filter(const int *calls, unsigned n, bool allow)
{
    const uint32_t pass = SECCOMP_RET_ALLOW, stop = SECCOMP_RET_ERRNO | EPERM;
    struct sock_filter code[HEAD + CALLS_MAX + 3] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    unsigned at = HEAD;
    code[at++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, (uint8_t)(allow ? n : n + 1), 0);
    for (unsigned i = 0; i < n; i++)
        code[at++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], (uint8_t)(n - i), 0);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, allow ? stop : pass);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, allow ? pass : stop);
    struct sock_fprog program = {.len = (unsigned short)at, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return ERR_SYSTEM;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? ERR_SYSTEM : OK;
}

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
    return e ? e : filter(library_calls, sizeof(library_calls) / sizeof(*library_calls), true);
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
    return e ? e : filter(program_calls, sizeof(program_calls) / sizeof(*program_calls), false);
}
