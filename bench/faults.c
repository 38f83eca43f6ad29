#include "faults.h"

#include "../test/c/noise.h"

void faults_pass(struct faults *f, const struct packet *p, void (*pass)(void *user, struct packet *p),
                 void *user)
{
    unsigned draw = (unsigned)(splitmix64(&f->state) % 1000);
    const struct faults_rates *r = &f->rates;
    struct packet now = *p, before = f->held;
    if (draw < r->lost) {
        f->lost++;
        return;
    }
    draw -= r->lost;
    if (draw < r->late && !before.len) {
        f->late++;
        f->held = now;
        return;
    }
    f->held.len = 0;
    pass(user, &now);
    if (draw >= r->late && draw < r->late + r->twice) {
        f->twice++;
        now = *p;
        pass(user, &now);
    }
    if (before.len) pass(user, &before);
}
