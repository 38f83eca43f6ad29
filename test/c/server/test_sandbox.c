/* What a process can still do after it gave up the rest, asked in a child and there in a thread of its own,
 * as the server's threads are started after it. Built without sanitizers, whose check for leaks needs some of
 * it. */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "server/sandbox.h"

static struct config config;
static char folder[64], why[512];
static in_port_t port; /* of somebody who listens */

static const char *at(const char *name)
{
    static char path[100];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make(const char *name)
{
    int fd = open(at(name), O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static int set_up(void **state)
{
    (void)state;
    make_folder(folder);
    assert_int_equal(mkdir(at("data"), 0700), 0);
    make("data/old"), make("cert.pem"), make("key.pem"), make("other.pem");
    memset(&config, 0, sizeof config);
    snprintf(config.data, sizeof config.data, "%s", at("data"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_folder(folder);
    return 0;
}

/* What is answered to something that landlock refuses from this version of its on. */
static int from_version(long version, int refusal)
{
    return landlock_version() >= version ? refusal : 0;
}

/* 0, or the errno of opening it. */
static int opens(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    if (fd < 0) return errno;
    close(fd);
    return 0;
}

static int connects(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = port, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int e = connect(fd, (struct sockaddr *)&to, sizeof to) ? errno : 0;
    close(fd);
    return e;
}

static int binds(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    assert_true(snprintf(name.sun_path, sizeof name.sun_path, "%s", path) < (int)sizeof name.sun_path);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int e = bind(fd, (struct sockaddr *)&name, sizeof name) ? errno : 0;
    close(fd);
    return e;
}

static int executes(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return errno;
}

static void *ask(void *question)
{
    return (void *)(intptr_t)((int (*)(void))question)();
}

/* The answer of a thread of a child that gave everything up: an errno, 255 if it could not give it up. */
static int ask_in_child(int (*question)(void))
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        pthread_t thread;
        void *answer;
        log_set_level(LOG_ERROR_LEVEL);
        if (sandbox_process(1, why, sizeof why) || sandbox_files(&config, why, sizeof why)) _exit(255);
        if (pthread_create(&thread, NULL, ask, (void *)question) || pthread_join(thread, &answer)) _exit(254);
        _exit((int)(intptr_t)answer);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int read_secret(void)
{
    return opens(at("secret"), O_RDONLY);
}

static int write_secret(void)
{
    return opens(at("secret"), O_WRONLY);
}

static int make_outside(void)
{
    return opens(at("new"), O_WRONLY | O_CREAT);
}

static int list_outside(void)
{
    return opens(folder, O_RDONLY | O_DIRECTORY);
}

static int remove_outside(void)
{
    return unlink(at("secret")) ? errno : 0;
}

static int truncate_outside(void)
{
    return truncate(at("secret"), 0) ? errno : 0;
}

static int bind_outside(void)
{
    return binds(at("sock"));
}

static int signal_parent(void)
{
    return kill(getppid(), 0) ? errno : 0;
}

static int leave_data(void)
{
    char from[128];
    snprintf(from, sizeof from, "%s", at("data/old"));
    return rename(from, at("moved")) ? errno : 0;
}

static void others_files_are_closed(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child(read_secret), from_version(1, EACCES));
    assert_int_equal(ask_in_child(write_secret), from_version(1, EACCES));
    assert_int_equal(ask_in_child(make_outside), from_version(1, EACCES));
    assert_int_equal(ask_in_child(list_outside), from_version(1, EACCES));
    assert_int_equal(ask_in_child(truncate_outside), from_version(3, EACCES));
    assert_int_equal(ask_in_child(bind_outside), from_version(1, EACCES));
    assert_int_equal(ask_in_child(leave_data), from_version(1, EACCES));
    assert_int_equal(ask_in_child(remove_outside), from_version(1, EACCES));
}

static void nothing_is_started_and_nobody_called(void **state)
{
    struct sockaddr_in me = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof me;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    (void)state;
    assert_int_equal(bind(fd, (struct sockaddr *)&me, len), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&me, &len), 0);
    port = me.sin_port;
    assert_int_equal(connects(), 0); /* without */
    assert_int_equal(ask_in_child(connects), from_version(4, EACCES));
    close(fd);
    assert_int_equal(ask_in_child(executes), EPERM);
    assert_int_equal(ask_in_child(signal_parent), EPERM);
}

/* ---- the kernel and memory ------------------------------------------------------------------------ */

static int traces(void)
{
    return ptrace(PTRACE_DETACH, getppid(), NULL, NULL) ? errno : 0; /* without: ESRCH */
}

static int unshares(void)
{
    return unshare(CLONE_NEWUSER) ? errno : 0;
}

static int names_no_file(void)
{
    return memfd_create("x", MFD_CLOEXEC) < 0 ? errno : 0;
}

static int asks_for_keys(void)
{
    return syscall(SYS_keyctl, 0, -3, 0) < 0 ? errno : 0; /* KEYCTL_GET_KEYRING_ID of the session */
}

static int takes_a_foreign_call(void)
{
#ifdef __x86_64__
    return syscall(0x40000000 + SYS_getpid) < 0 ? errno : 0; /* as x32 */
#else
    return EPERM;
#endif
}

static void calls_of_no_use_are_closed(void **state)
{
    (void)state;
    int (*const closed[])(void) = {traces, unshares, names_no_file, asks_for_keys, takes_a_foreign_call};
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        assert_int_equal(ask_in_child(closed[i]), EPERM);
    assert_int_equal(names_no_file(), 0); /* without */
}

static int is_dumpable(void)
{
    return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
}

static int core_bytes(void)
{
    struct rlimit core;
    return getrlimit(RLIMIT_CORE, &core) || core.rlim_cur || core.rlim_max;
}

static void nothing_is_dumped(void **state)
{
    (void)state;
    assert_int_equal(is_dumpable(), 1);
    assert_int_equal(ask_in_child(is_dumpable), 0);
    assert_int_equal(ask_in_child(core_bytes), 0);
}

/* A number that the kernel tells of a process. */
static long told(pid_t pid, const char *name)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0) value = strtol(line + strlen(name), NULL, 10);
    fclose(f);
    return value;
}

static void memory_is_locked_where_nothing_limits_it(void **state)
{
    (void)state;
    const struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    bool may = setrlimit(RLIMIT_MEMLOCK, &any) == 0;
    int ready[2], done[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t pid = fork();
    if (pid == 0) {
        log_set_level(LOG_ERROR_LEVEL);
        if (sandbox_process(1, why, sizeof why)) _exit(1);
        void *later = malloc(1 << 20); /* counts, too */
        if (!later || write(ready[1], &byte, 1) != 1 || read(done[0], &byte, 1) != 1) _exit(2);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    long locked = told(pid, "VmLck:"), swapped = told(pid, "VmSwap:");
    long privileges = told(pid, "NoNewPrivs:"), filter = told(pid, "Seccomp:");
    int status;
    assert_int_equal(write(done[1], &byte, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    for (int i = 0; i < 2; i++) close(ready[i]), close(done[i]);
    assert_int_equal(privileges, 1);
    assert_int_equal(filter, 2);
    assert_int_equal(swapped, 0);
    if (may)
        assert_in_range(locked, 1024, 1 << 30); /* kB */
    else
        assert_int_equal(locked, 0);
}

/* What the store and the local socket do. */
static int keep_house(void)
{
    char fresh[128];
    snprintf(fresh, sizeof fresh, "%s", at("data/fresh"));
    int e = opens(at("data"), O_RDONLY | O_DIRECTORY);
    if (!e) e = opens(fresh, O_RDWR | O_CREAT);
    if (!e) e = truncate(fresh, 10) ? errno : 0;
    if (!e) e = rename(fresh, at("data/old")) ? errno : 0;
    if (!e) e = binds(at("data/sock"));
    if (!e) e = unlink(at("data/sock")) ? errno : 0;
    if (!e) e = unlink(at("data/old")) ? errno : 0;
    return e ? e : opens("/dev/urandom", O_RDONLY);
}

static void the_data_folder_stays_open(void **state)
{
    (void)state;
    assert_int_equal(ask_in_child(keep_house), 0);
}

static int read_pems(void)
{
    int e = opens(config.tls_cert, O_RDONLY);
    return e ? e : opens(config.tls_key, O_RDONLY);
}

static int write_key(void)
{
    return opens(config.tls_key, O_WRONLY);
}

static int read_other_pem(void)
{
    return opens(at("other.pem"), O_RDONLY);
}

static void certificate_and_key_are_read_only(void **state)
{
    (void)state;
    assert_int_equal(symlink("key.pem", at("link.pem")), 0); /* as certbot does */
    snprintf(config.tls_cert, sizeof config.tls_cert, "%s", at("cert.pem"));
    snprintf(config.tls_key, sizeof config.tls_key, "%s", at("link.pem"));
    assert_int_equal(ask_in_child(read_pems), 0);
    assert_int_equal(ask_in_child(write_key), from_version(1, EACCES));
    assert_int_equal(ask_in_child(read_other_pem), from_version(1, EACCES));
}

static void a_folder_that_is_not_there_is_a_sentence(void **state)
{
    (void)state;
    snprintf(config.data, sizeof config.data, "%s", at("nowhere"));
    if (landlock_version() < 1) return; /* nothing to keep open */
    assert_int_equal(sandbox_files(&config, why, sizeof why), ERR_SYSTEM);
    assert_non_null(strstr(why, "nowhere cannot be kept open to this process: No such file or directory."));
    assert_int_equal(opens(at("secret"), O_RDONLY), 0); /* nothing was given up */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(others_files_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_started_and_nobody_called, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_data_folder_stays_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(certificate_and_key_are_read_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(calls_of_no_use_are_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_dumped, set_up, tear_down),
        cmocka_unit_test(memory_is_locked_where_nothing_limits_it),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_a_sentence, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
