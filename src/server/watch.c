#include "server/watch.h"

#include <sys/statvfs.h>

enum { MEGABYTE = 1 << 20 };

void watch_init(struct watch *w, int folder, uint64_t now_ms)
{
    *w = (struct watch){.folder = folder, .since_ms = now_ms};
}

/* ---- the store -------------------------------------------------------------------------------------- */

void watch_asked(struct watch *w, uint64_t now_ms)
{
    w->asked_ms[w->asked++ % LIMIT_STORE_QUEUE] = now_ms;
}

void watch_answered(struct watch *w, struct rooms *r, enum err result, uint64_t now_ms)
{
    uint64_t took = now_ms - w->asked_ms[w->answered++ % LIMIT_STORE_QUEUE];
    if (took > w->store_slowest_ms) w->store_slowest_ms = took;
    if (took >= LIMIT_STORE_SLOW_MS) rooms_alert(r, ALERT_STORE_SLOW, (uint32_t)took, now_ms);
    if (!result) w->written_ms = now_ms;
    if (result != ERR_STORE) return;
    w->store_failed++;
    rooms_alert(r, ALERT_STORE_FAILED, 1, now_ms);
}

/* ---- the disk --------------------------------------------------------------------------------------- */

static bool disk(const struct watch *w, uint64_t *left, uint64_t *whole)
{
    struct statvfs fs;
    if (w->folder < 0 || fstatvfs(w->folder, &fs)) return false;
    *left = (uint64_t)fs.f_bavail * fs.f_frsize;
    *whole = (uint64_t)fs.f_blocks * fs.f_frsize;
    return true;
}

static void look_at_disk(struct watch *w, struct rooms *r, uint64_t now_ms)
{
    uint64_t left, whole;
    if (now_ms < w->disk_due_ms) return;
    w->disk_due_ms = now_ms + LIMIT_DISK_MS;
    if (disk(w, &left, &whole) && left < LIMIT_DISK_BYTES)
        rooms_alert(r, ALERT_DISK, (uint32_t)(left / MEGABYTE), now_ms);
}

/* ---- all of it --------------------------------------------------------------------------------------- */

void watch_tick(struct watch *w, struct media *m, struct rooms *r, uint64_t now_ms)
{
    if (now_ms < w->due_ms) return;
    w->due_ms = now_ms + LIMIT_AUDIT_MS;
    uint64_t wrong = media_stats(m).dtls_wrong_fingerprint;
    if (wrong > w->wrong_fingerprints)
        rooms_alert(r, ALERT_FINGERPRINT, (uint32_t)(wrong - w->wrong_fingerprints), now_ms);
    w->wrong_fingerprints = wrong;
    look_at_disk(w, r, now_ms);
}

struct health watch_health(const struct watch *w, uint64_t now_ms)
{
    struct health h = {.version = APARTE_VERSION,
                       .since_ms = w->since_ms,
                       .now_ms = now_ms,
                       .written_ms = w->written_ms,
                       .store_failed = w->store_failed,
                       .store_slowest_ms = w->store_slowest_ms,
                       .store_waiting = w->asked - w->answered,
                       .media_port = w->media_port,
                       .media_threads = w->media_threads};
    h.disk = disk(w, &h.disk_left, &h.disk_whole);
    return h;
}
