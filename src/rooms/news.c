/* Who came to a large room and who left it: told together, since each word costs a write to everybody who is
 * there, and thousands who come one by one would cost their square. A room gathers for as many milliseconds
 * as it has people, at most a second. Only what concerns the audience waits; whatever else is told about
 * people of the room, and every key header, is preceded by what was gathered, so that all see one order. */
#include "rooms/state.h"

#include <stdlib.h>

/* Nobody waits for word of a listener; of stewards, of who speaks or would like to, it matters at once. */
static bool may_wait(const struct person *p)
{
    bool large = p->room->count >= LIMIT_NEWS_PEOPLE;
    return large && !p->on_stage && !person_moderates(p) && !p->hand_ms && !p->called;
}

static bool touch(struct rooms *r, struct room *room)
{
    struct room_news *n = &room->news;
    if (!n->left) n->left = calloc(LIMIT_NEWS, sizeof(*n->left));
    if (!n->left) return false;
    if (room->at_due[DUE_NEWS]) return n->noted < LIMIT_NEWS; /* full: there was no memory to tell it */
    *n = (struct room_news){.since_ms = r->now_ms, .left = n->left};
    room_due(r, room, DUE_NEWS);
    return true;
}

static void note(struct rooms *r, struct room *room)
{
    if (++room->news.noted == LIMIT_NEWS) news_flush(r, room);
}

void news_person(struct rooms *r, struct person *p, const struct person *except)
{
    if (!may_wait(p) || !touch(r, p->room)) {
        tell_person(r, p, except);
    } else if (!p->untold) {
        p->untold = true;
        note(r, p->room);
    }
}

void news_left(struct rooms *r, const struct person *p, enum left_why why)
{
    struct room *room = p->room;
    struct room_news *n = &room->news;
    if ((why == LEFT_SELF || why == LEFT_LOST) && may_wait(p) && touch(r, room)) {
        n->left[n->left_count++] = (struct departure){p->member->account, why};
        note(r, room);
        return;
    }
    news_flush(r, room);
    struct out left = {.kind = EVENT_LEFT, .left = {room->id, p->member->account, why, p->removal}};
    tell_room(r, room, left, NULL);
}

/* Out and in again within one piece of news would lose its order. */
void news_returns(struct rooms *r, struct room *room, struct id account)
{
    const struct room_news *n = &room->news;
    for (size_t i = 0; room->at_due[DUE_NEWS] && i < n->left_count; i++)
        if (id_eq(n->left[i].account, account)) news_flush(r, room);
}

void news_flush(struct rooms *r, struct room *room)
{
    struct room_news *n = &room->news;
    if (!room->at_due[DUE_NEWS]) return;
    struct person_info *people = scratch_take(r, LIMIT_NEWS * sizeof(*people));
    struct departure *left = scratch_take(r, LIMIT_NEWS * sizeof(*left));
    if (!people || !left) return; /* with the next tick */
    struct out out = {.kind = EVENT_NEWS, .news = {.room = room->id, .people = people, .left = left}};
    for (uint32_t i = 0; i < room->count && out.news.count < LIMIT_NEWS; i++) {
        struct person *p = room->people[i];
        if (p->untold) people[out.news.count++] = person_info(p);
        p->untold = false;
    }
    memcpy(left, n->left, n->left_count * sizeof(*left));
    out.news.left_count = n->left_count;
    room_settled(room, DUE_NEWS);
    if (out.news.count + out.news.left_count) tell_room(r, room, out, NULL);
}

void news_tick(struct rooms *r)
{
    for (struct room *room = r->due[DUE_NEWS], *next; room; room = next) {
        next = room->next_due[DUE_NEWS];
        uint64_t wait = room->count < LIMIT_NEWS_MS ? room->count : LIMIT_NEWS_MS;
        if (r->now_ms < room->news.since_ms || r->now_ms - room->news.since_ms >= wait) news_flush(r, room);
    }
}
