#include "process.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

void process_pin(int cpu)
{
    if (cpu < 0) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) perror("load: CPU affinity");
}

static bool enter(const char *netns)
{
    int fd = netns ? open(netns, O_RDONLY | O_CLOEXEC) : -1;
    return !netns || (fd >= 0 && setns(fd, CLONE_NEWNET) == 0);
}

static void become(char *const argv[], const struct process_place *place, const int in[2], const int out[2])
{
    process_pin(place->cpu);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (enter(place->netns) && dup2(in[0], STDIN_FILENO) >= 0 && dup2(out[1], STDOUT_FILENO) >= 0)
        execv(argv[0], argv);
    perror(argv[0]);
    _exit(127);
}

enum err process_start(struct process *p, char *const argv[], const struct process_place *place)
{
    int in[2], out[2];
    *p = (struct process){.pid = -1};
    if (pipe2(in, O_CLOEXEC) != 0) return ERR_SYSTEM;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]), close(in[1]);
        return ERR_SYSTEM;
    }
    p->pid = fork();
    if (p->pid == 0) become(argv, place, in, out);
    close(in[0]), close(out[1]);
    p->in = fdopen(in[1], "w");
    p->out = fdopen(out[0], "r");
    if (p->pid > 0 && p->in && p->out) return OK;
    process_stop(p);
    return ERR_SYSTEM;
}

int process_stop(struct process *p)
{
    int status = 0;
    if (p->in) fclose(p->in);
    if (p->out) fclose(p->out);
    if (p->in && p->pid > 0) waitpid(p->pid, &status, 0);
    *p = (struct process){.pid = -1};
    return status;
}

int process_kill(struct process *p)
{
    if (p->pid > 0) kill(p->pid, SIGTERM);
    return process_stop(p);
}

bool process_ended(pid_t pid)
{
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

uint64_t process_cpu_ns(pid_t pid)
{
    char path[64];
    uint64_t sum = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    if (!tasks) return 0;
    for (struct dirent *d; (d = readdir(tasks));) {
        char stat[384];
        unsigned long long ns = 0;
        if (d->d_name[0] == '.') continue;
        snprintf(stat, sizeof(stat), "%s/%s/schedstat", path, d->d_name);
        FILE *f = fopen(stat, "r");
        if (!f) continue; /* a thread that has just ended */
        if (fscanf(f, "%llu", &ns) == 1) sum += ns;
        fclose(f);
    }
    closedir(tasks);
    return sum;
}

static uint64_t rollup_kb(pid_t pid, const char *name)
{
    char path[64], line[128];
    unsigned long long kb = 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "r");
    if (!f) return 0;
    while (fgets(line, sizeof(line), f))
        if (strncmp(line, name, 4) == 0 && sscanf(line + 4, "%llu", &kb) == 1) break;
    fclose(f);
    return kb;
}

uint64_t process_memory_kb(pid_t pid)
{
    return rollup_kb(pid, "Rss:");
}

uint64_t process_share_kb(pid_t pid)
{
    return rollup_kb(pid, "Pss:");
}

unsigned process_files(pid_t pid)
{
    char path[64];
    unsigned n = 0;
    snprintf(path, sizeof(path), "/proc/%d/fd", pid);
    DIR *files = opendir(path);
    if (!files) return 0;
    for (struct dirent *d; (d = readdir(files));) n += d->d_name[0] != '.';
    closedir(files);
    return n;
}
