#include "base/seccomp.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp filter for this machine"
#endif

/* What neither the server nor anything it starts ever needs. */
static const int powers[] = {
#ifndef __SANITIZE_ADDRESS__ /* the leak check at exit */
    __NR_ptrace,
    __NR_process_vm_readv,
#endif
    __NR_process_vm_writev,
    __NR_pidfd_open,
    __NR_pidfd_getfd,
    __NR_kcmp,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_open_tree,
    __NR_move_mount,
    __NR_fsopen,
    __NR_open_by_handle_at,
    __NR_unshare,
    __NR_setns,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_io_uring_setup,
    __NR_fanotify_init,
    __NR_keyctl,
    __NR_add_key,
    __NR_request_key,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_kexec_load,
    __NR_kexec_file_load,
    __NR_reboot,
    __NR_swapon,
    __NR_swapoff,
    __NR_acct,
    __NR_quotactl,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_adjtimex,
    __NR_clock_adjtime,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_syslog,
    __NR_personality,
};
enum { POWERS = sizeof powers / sizeof *powers, HEAD = 4, TAIL = 3 };

/* Those of `calls` may pass (allow) or only the others. */
static enum err filter(const int *calls, size_t n, bool allow)
{
    const uint32_t pass = SECCOMP_RET_ALLOW, stop = SECCOMP_RET_ERRNO | EPERM;
    struct sock_filter code[HEAD + SECCOMP_CALLS + TAIL] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    };
    size_t at = HEAD;
    code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000,
                                              (uint8_t)(allow ? n : n + 1), 0); /* x32 */
    for (size_t i = 0; i < n; i++)
        code[at++] =
            (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i], (uint8_t)(n - i), 0);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, allow ? stop : pass);
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, allow ? pass : stop);
    struct sock_fprog program = {.len = (unsigned short)at, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return ERR_SYSTEM;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) ? ERR_SYSTEM : OK;
}

enum err seccomp_only(const int *calls, size_t count)
{
    return count <= SECCOMP_CALLS ? filter(calls, count, true) : ERR_TOO_LARGE;
}

enum err seccomp_without(const int *calls, size_t count)
{
    int all[SECCOMP_CALLS];
    if (count > SECCOMP_CALLS - POWERS) return ERR_TOO_LARGE;
    memcpy(all, powers, sizeof powers);
    if (count) memcpy(all + POWERS, calls, count * sizeof *calls);
    return filter(all, POWERS + count, false);
}
