#include "server/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/seccomp.h"
#include "base/without.h"

/* ---- the process ---------------------------------------------------------------------------------- */

static void raise_file_limit(unsigned media_threads)
{
    struct rlimit files;
    const rlim_t wanted = LIMIT_SOCKETS + 2048 + media_threads * LIMIT_STREAMS;
    if (getrlimit(RLIMIT_NOFILE, &files)) return;
    files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur < wanted)
        LOG_WARN("serve", "this process may open %llu files only", (unsigned long long)files.rlim_cur);
}

/* Keys and sound must not reach swap: all memory is locked, page by page as it is used. Where locking has a
 * limit nothing is, because whatever was allocated beyond it would fail. */
static void lock_memory(void)
{
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    if (without(WITHOUT_LOCKED_MEMORY)) return;
    /* Not by libc: the sanitizer's mlockall does nothing. */
    if (setrlimit(RLIMIT_MEMLOCK, &any) || syscall(__NR_mlockall, MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT))
        LOG_WARN("serve",
                 "memory is not locked (%s): keys in it may be swapped out; see LimitMEMLOCK in README.md",
                 strerror(errno));
}

/* What a server has no use for: starting programs, files without a name, signals to others. */
static void close_calls(void)
{
    static const int calls[] = {
        __NR_execve, __NR_execveat,        __NR_memfd_create,      __NR_kill,
        __NR_tkill,  __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, __NR_pidfd_send_signal};
    if (without(WITHOUT_CLOSED_CALLS)) return;
    if (seccomp_without(calls, sizeof calls / sizeof *calls))
        LOG_WARN("serve", "no seccomp (%s): this process could ask anything of the kernel", strerror(errno));
}

/* No core dump and no debugger sees keys in memory; nothing that is started gains rights; files are the
 * owner's. */
enum err sandbox_process(unsigned media_threads, char *why, size_t why_size)
{
    const struct rlimit none = {0, 0};
    bool closed = !setrlimit(RLIMIT_CORE, &none) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#ifndef __SANITIZE_ADDRESS__ /* the leak check at exit attaches to its own process */
    closed = closed && !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    if (!closed) {
        snprintf(why, why_size, "this process cannot be closed to core dumps and new rights: %s.",
                 strerror(errno));
        return ERR_SYSTEM;
    }
    umask(077);
    raise_file_limit(media_threads);
    lock_memory();
    close_calls();
    return OK;
}

/* ---- files ---------------------------------------------------------------------------------------- */

/* struct landlock_ruleset_attr as of version 6. The header of Debian 12 ends at version 2. */
struct rules {
    uint64_t files, net, scopes;
};
enum {
    FILES_V1 = (1 << 13) - 1,  /* up to LANDLOCK_ACCESS_FS_MAKE_SYM */
    FILES_REFER = 1 << 13,     /* version 2 */
    FILES_TRUNCATE = 1 << 14,  /* version 3 */
    FILES_IOCTL_DEV = 1 << 15, /* version 5 */
    NET_CONNECT_TCP = 1 << 1,  /* version 4 */
    SCOPES = 3,                /* version 6: abstract UNIX sockets, signals */

    READ_FILE = LANDLOCK_ACCESS_FS_READ_FILE,
    READ = READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
    WRITE = LANDLOCK_ACCESS_FS_WRITE_FILE | FILES_TRUNCATE,
    KEEP = READ | WRITE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |
           LANDLOCK_ACCESS_FS_MAKE_SOCK, /* what the store and the local socket do */
};

static struct rules rules_of(long version)
{
    return (struct rules){.files = FILES_V1 | (version >= 2 ? FILES_REFER : 0) |
                                   (version >= 3 ? FILES_TRUNCATE : 0) | (version >= 5 ? FILES_IOCTL_DEV : 0),
                          .net = version >= 4 ? NET_CONNECT_TCP : 0,
                          .scopes = version >= 6 ? SCOPES : 0};
}

struct opening {
    const char *path;
    uint64_t rights; /* 0: not asked for */
    bool needed;     /* others may be missing */
};

/* A file takes no rights of folders, and a kernel none that it does not know. */
static int allow(int set, const struct opening *o, const struct rules *known)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = o->rights & known->files};
    rule.parent_fd = open(o->path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0) return errno == ENOENT && !o->needed ? 0 : -1;
    long r = syscall(__NR_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return (int)r;
}

static enum err close_files(int set, const struct config *c, const struct rules *known, char *why,
                            size_t why_size)
{
    const struct opening openings[] = {
        {c->data, KEEP, true},
        {c->tls_cert, config_tls(c) ? READ_FILE : 0, true},
        {c->tls_key, config_tls(c) ? READ_FILE : 0, true},
        {"/usr", READ, false}, /* a plug-in of the HTTP library */
        {"/etc/ssl/certs", READ, false},
        {"/dev/urandom", READ_FILE, false},
#ifdef __SANITIZE_ADDRESS__ /* the leak check at exit, and names in its report */
        {"/proc", READ, false},
        {"/proc/self/exe", READ_FILE, false},
#endif
#ifdef APARTE_TEST_HOOKS
        {c->tap, c->tap[0] ? WRITE : 0, true},
#endif
    };
#ifdef APARTE_TEST_HOOKS /* a rule is about a file that is there */
    if (c->tap[0]) close(open(c->tap, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
#endif
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++)
        if (openings[i].rights && allow(set, &openings[i], known)) {
            snprintf(why, why_size, "%s cannot be kept open to this process: %s.", openings[i].path,
                     strerror(errno));
            return ERR_SYSTEM;
        }
    if (!syscall(__NR_landlock_restrict_self, set, 0)) return OK;
    snprintf(why, why_size, "this process cannot be closed to other files: %s.", strerror(errno));
    return ERR_SYSTEM;
}

enum err sandbox_files(const struct config *c, char *why, size_t why_size)
{
    long version = syscall(__NR_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1) {
        LOG_WARN("serve", "no landlock (%s): this process could open any file of its user", strerror(errno));
        return OK;
    }
    const struct rules rules = rules_of(version);
    long set = syscall(__NR_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (set < 0) {
        snprintf(why, why_size, "this process cannot be closed to other files: %s.", strerror(errno));
        return ERR_SYSTEM;
    }
    enum err e = close_files((int)set, c, &rules, why, why_size);
    close((int)set);
    if (!e)
        LOG_INFO("serve", "Closed to all but the data folder (landlock %ld%s)", version,
                 rules.net ? "" : ": files, not connections");
    return e;
}
