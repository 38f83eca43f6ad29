/* What the soak sees of the server: its memory, its descriptors, what it says of itself (operator.stats), and
 * whether that fits to what its people hear. */
#include "soak.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 100000, LINE_BYTES = 16384, ANSWER_S = 20, TRIES = 40, TRY_US = 5000, WARM_MS = 600000 };
static const double KB_AN_HOUR = 1024, SHARE_AN_HOUR = 0.03; /* flat: less than the larger of the two */

struct point {
    double t_s, rss_kb;
};

struct samples {
    struct soak *soak;
    FILE *local;
    struct point *points;
    size_t count;
    uint64_t start_ns, last_ns, last_cpu_ns, last_own_ns;
    uint64_t first_rss_kb;
    unsigned first_files, files, files_most;
    uint64_t apart; /* samples in which the two planes did not come to agree */
    uint64_t rss_kb;
};

/* ---- asking ---- */

static FILE *dial_local(const char *folder)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    struct timeval wait = {.tv_sec = ANSWER_S};
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/data/aparte.sock", folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) == 0 &&
        connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
        return fdopen(fd, "r+");
    perror("soak: aparte.sock");
    if (fd >= 0) close(fd);
    return NULL;
}

/* The reply to operator.stats; NULL: none came. Events in between are passed over. */
static json_t *ask(struct samples *m)
{
    static const char REQUEST[] = "{\"id\":1,\"do\":\"operator.stats\"}\n";
    char line[LINE_BYTES];
    int fd = fileno(m->local);
    if (send(fd, REQUEST, sizeof(REQUEST) - 1, MSG_NOSIGNAL) != sizeof(REQUEST) - 1) return NULL;
    while (fgets(line, sizeof(line), m->local)) {
        json_t *reply = json_loads(line, 0, NULL);
        if (json_object_get(reply, "re")) return reply;
        json_decref(reply);
    }
    return NULL;
}

static json_int_t number(const json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

/* Who has a place in the rooms has one in the media plane, and nobody else has. Commands are on their way for
 * a moment. */
static bool agree(const json_t *stats)
{
    return number(stats, "heard") == number(json_object_get(stats, "media"), "peers");
}

static json_t *ask_settled(struct samples *m)
{
    json_t *stats = ask(m);
    for (int i = 0; i < TRIES && stats && !agree(stats); i++) {
        json_decref(stats);
        usleep(TRY_US);
        stats = ask(m);
    }
    if (stats && !agree(stats)) m->apart++;
    return stats;
}

/* ---- life ---- */

enum err samples_new(struct samples **out, struct soak *s)
{
    struct samples *m = *out = calloc(1, sizeof(*m));
    if (!m) return ERR_SYSTEM;
    m->soak = s;
    m->points = calloc(MOST, sizeof(*m->points));
    m->local = dial_local(s->server.folder);
    if (!m->points || !m->local) return ERR_SYSTEM;
    pid_t pid = s->server.process.pid;
    json_decref(ask(m)); /* the connection is open, so it is among the descriptors */
    m->start_ns = m->last_ns = wall_ns();
    m->last_cpu_ns = process_cpu_ns(pid);
    m->first_files = process_files(pid);
    m->first_rss_kb = process_memory_kb(pid);
    return OK;
}

void samples_free(struct samples *m)
{
    if (!m) return;
    if (m->local) fclose(m->local);
    free(m->points);
    free(m);
}

/* ---- a line ---- */

static json_t *load_average(void)
{
    double now = 0;
    FILE *f = fopen("/proc/loadavg", "r");
    if (f && fscanf(f, "%lf", &now) != 1) now = 0;
    if (f) fclose(f);
    return json_real(now);
}

static json_t *heard_of(const struct crowd *c)
{
    const struct tally *t = &c->tally;
    json_t *o = json_object();
#define SHOW(name, value) json_object_set_new(o, name, json_integer((json_int_t)(value)))
    SHOW("sent", t->sent), SHOW("received", t->received), SHOW("missing", crowd_missing(c));
    SHOW("forged", t->forged), SHOW("strange", t->strange), SHOW("doubled", t->doubled);
    SHOW("early", t->early), SHOW("stray", c->stray), SHOW("reordered", t->reordered),
        SHOW("unsent", port_unsent(c->port));
    SHOW("net_lost", c->in.lost + c->out.lost), SHOW("net_twice", c->in.twice + c->out.twice);
    SHOW("net_late", c->in.late + c->out.late), SHOW("p99_us", histogram_quantile(&t->latency, 0.99) / 1000);
#undef SHOW
    return o;
}

static json_t *counts_of(const struct soak_counts *c)
{
    json_t *o = json_object();
#define SHOW(name) json_object_set_new(o, #name, json_integer((json_int_t)c->name))
    SHOW(joins), SHOW(refused), SHOW(opened), SHOW(ended), SHOW(left), SHOW(cut), SHOW(vanished), SHOW(dark);
    SHOW(reconnected), SHOW(lost), SHOW(staged), SHOW(unstaged), SHOW(banned), SHOW(removed), SHOW(moved),
        SHOW(stops);
    SHOW(garbage), SHOW(malformed), SHOW(unsaid), SHOW(heard_outside), SHOW(deaf);
#undef SHOW
    return o;
}

static void print(json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_REAL_PRECISION(6));
    puts(text ? text : "null");
    fflush(stdout);
    free(text);
    json_decref(line);
}

static void remember(struct samples *m, double t_s)
{
    pid_t pid = m->soak->server.process.pid;
    m->rss_kb = process_memory_kb(pid);
    m->files = process_files(pid);
    if (m->files > m->files_most) m->files_most = m->files;
    if (m->count < MOST) m->points[m->count++] = (struct point){t_s, (double)m->rss_kb};
}

bool samples_take(struct samples *m)
{
    struct soak *s = m->soak;
    pid_t pid = s->server.process.pid;
    json_t *stats = process_ended(pid) ? NULL : ask_settled(m);
    if (!stats) return false;
    uint64_t now = wall_ns(), cpu = process_cpu_ns(pid), own = process_cpu_ns(getpid());
    double t_s = (double)(now - m->start_ns) / 1e9, wall = (double)(now - m->last_ns);
    s->counts.deaf += people_deaf(s);
    remember(m, t_s);
    json_object_del(stats, "re"), json_object_del(stats, "ok");
    json_t *line = json_pack("{s:f,s:I,s:I,s:i,s:f,s:f,s:o,s:i,s:b,s:o,s:o,s:o,s:o}", "t_s", t_s, "rss_kb",
                             (json_int_t)m->rss_kb, "pss_kb", (json_int_t)process_share_kb(pid), "files",
                             (int)m->files, "cpu", (double)(cpu - m->last_cpu_ns) / wall, "load_cpu",
                             (double)(own - m->last_own_ns) / wall, "load_average", load_average(), "inside",
                             (int)people_inside(s), "agree", agree(stats), "good", heard_of(&s->crowds[0]),
                             "bad", heard_of(&s->crowds[1]), "did", counts_of(&s->counts), "server", stats);
    m->last_ns = now, m->last_cpu_ns = cpu, m->last_own_ns = own;
    print(line);
    return true;
}

bool samples_empty(struct samples *m)
{
    json_t *stats = ask(m);
    bool empty = number(stats, "rooms") == 0 && number(stats, "people") == 0 &&
                 number(stats, "sessions") == 0 && number(stats, "sockets") == 1 &&
                 number(json_object_get(stats, "media"), "peers") == 0 &&
                 process_files(m->soak->server.process.pid) == m->first_files;
    json_decref(stats);
    remember(m, (double)(wall_ns() - m->start_ns) / 1e9);
    m->count--; /* an empty club is none of the points */
    return stats && empty;
}

/* ---- the verdict ---- */

/* The first quarter, at least ten minutes and at most half: until then rings are touched for the first time.
 */
static size_t warm_up(const struct samples *m)
{
    size_t quarter = m->count / 4, least = WARM_MS / SAMPLE_MS;
    size_t from = quarter > least ? quarter : least;
    return from < m->count / 2 ? from : m->count / 2;
}

/* Least squares; kB an hour. */
static double slope(const struct samples *m)
{
    size_t from = warm_up(m), n = m->count - from;
    double t = 0, y = 0, tt = 0, ty = 0;
    for (size_t i = from; i < m->count; i++)
        t += m->points[i].t_s / (double)n, y += m->points[i].rss_kb / (double)n;
    for (size_t i = from; i < m->count; i++) {
        tt += (m->points[i].t_s - t) * (m->points[i].t_s - t);
        ty += (m->points[i].t_s - t) * (m->points[i].rss_kb - y);
    }
    return tt > 0 ? ty / tt * 3600 : 0;
}

bool samples_judge(struct samples *m, int status, bool empty)
{
    const struct soak *s = m->soak;
    const struct tally *good = &s->crowds[0].tally, *bad = &s->crowds[1].tally;
    double warm = m->count ? m->points[warm_up(m)].rss_kb : 0, an_hour = slope(m);
    double missing = (double)crowd_missing(&s->crowds[0]) / (double)(good->received ? good->received : 1);
    bool flat = fabs(an_hour) < KB_AN_HOUR || an_hour < SHARE_AN_HOUR * warm;
    bool clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    bool sound = s->counts.heard_outside == 0 && s->counts.deaf == 0 && m->apart == 0 && missing < 1e-4 &&
                 good->forged + good->strange + good->doubled + bad->forged + bad->strange == 0;
    bool well = flat && clean && sound && empty;
    print(json_pack("{s:s,s:b,s:f,s:b,s:f,s:f,s:I,s:I,s:I,s:b,s:i,s:i,s:b,s:I,s:I,s:I,s:f,s:b,s:i,s:o}",
                    "soak", "verdict", "well", well, "minutes", (double)(wall_ns() - m->start_ns) / 6e10,
                    "memory_flat", flat, "rss_kb_an_hour", an_hour, "rss_warm_kb", warm, "rss_first_kb",
                    (json_int_t)m->first_rss_kb, "rss_empty_kb", (json_int_t)m->rss_kb, "rss_samples",
                    (json_int_t)m->count, "empty_after", empty, "files_first", (int)m->first_files,
                    "files_most", (int)m->files_most, "invariants", sound, "heard_outside",
                    (json_int_t)s->counts.heard_outside, "deaf", (json_int_t)s->counts.deaf, "planes_apart",
                    (json_int_t)m->apart, "missing_share", missing, "clean_exit", clean, "status", status,
                    "did", counts_of(&s->counts)));
    return well;
}
