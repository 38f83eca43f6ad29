#include "media/level.h"

enum {
    FULL = 127,
    UNIT = 256,
    ATTACK = 4,
    RELEASE = 32,
    VOICE = (FULL - 55) * UNIT,
    MARGIN = LIMIT_SPEAKER_MARGIN_DB * UNIT
}; /* a part of the difference per packet */

bool loudness_idle(const struct loudness *l, uint64_t now_ms)
{
    return now_ms - l->heard_ms >= LIMIT_SPEAKER_IDLE_MS;
}

void loudness_on_packet(struct loudness *l, uint8_t level, uint64_t now_ms)
{
    uint32_t target = level < FULL ? (uint32_t)(FULL - level) * UNIT : 0;
    if (loudness_idle(l, now_ms)) l->score = 0;
    if (target > l->score)
        l->score += (target - l->score) / ATTACK;
    else
        l->score -= (l->score - target) / RELEASE;
    if (l->score < VOICE)
        l->voice_ms = 0;
    else if (!l->voice_ms)
        l->voice_ms = now_ms;
    l->heard_ms = now_ms;
}

void loudness_unheard(struct loudness *l, uint64_t now_ms)
{
    if (l->voice_ms) l->voice_ms = now_ms;
}

uint32_t loudness_score(const struct loudness *l, uint64_t now_ms)
{
    return loudness_idle(l, now_ms) ? 0 : l->score;
}

static bool waited(uint64_t since_ms, uint64_t now_ms)
{
    return since_ms && now_ms - since_ms >= LIMIT_SPEAKER_WAIT_MS;
}

/* Of those who are no louder than `score` and have had their turn; -1: none. */
static int longest_held(const struct level_holder holders[LIMIT_SLOTS], uint32_t score, uint64_t now_ms)
{
    int longest = -1;
    for (int i = 0; i < LIMIT_SLOTS; i++)
        if (waited(holders[i].since_ms, now_ms) && loudness_score(holders[i].loudness, now_ms) <= score &&
            (longest < 0 || holders[i].since_ms < holders[longest].since_ms))
            longest = i;
    return longest;
}

int level_choose(const struct level_holder holders[LIMIT_SLOTS], const struct loudness *challenger,
                 uint64_t now_ms)
{
    int weakest = 0;
    uint32_t least = UINT32_MAX;
    for (int i = 0; i < LIMIT_SLOTS; i++)
        if (!holders[i].loudness) return i;
    for (int i = 0; i < LIMIT_SLOTS; i++) {
        if (loudness_idle(holders[i].loudness, now_ms)) return i;
        uint32_t score = loudness_score(holders[i].loudness, now_ms);
        if (score < least) {
            weakest = i;
            least = score;
        }
    }
    if (waited(challenger->voice_ms, now_ms)) {
        int longest = longest_held(holders, loudness_score(challenger, now_ms) + MARGIN, now_ms);
        if (longest >= 0) return longest;
    }
    /* While the quietest is held nobody louder goes in its stead: the newcomer waits for it. */
    if (now_ms - holders[weakest].since_ms < LIMIT_SPEAKER_HOLD_MS) return -1;
    return loudness_score(challenger, now_ms) > least + MARGIN ? weakest : -1;
}
