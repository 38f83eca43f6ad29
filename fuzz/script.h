/* Inputs of text: lines of what people send and of what happens around them, played to the server of club.h.
 *
 *   WHO {"id":1,"do":...}     a message, with words of words.h in it
 *   WHO open | close | up | down [WHY]     the socket; what a media thread tells of the peer
 *   time MS       the clock moves on, and the server ticks
 *   store holds | refuses | full | well    media busy | full | well
 *   server restart
 *   # a remark
 *
 * Five of the people are members before the first line, connected and with a session. After each line club.h
 * checks what must always hold; at the end everybody goes, and nothing of them may be left. */
#ifndef FUZZ_SCRIPT_H
#define FUZZ_SCRIPT_H

#include "words_room.h"

enum { LINES = 400, LINE_BYTES = 4096, LAST_TICKS = 60 };

/* ---- words
 * ------------------------------------------------------------------------------------------------------- */

/* Zeros for now: it covers the message around it. */
static void word_sig(struct word *w)
{
    static const uint8_t none[SIG_BYTES];
    *w->sig_at = w->out->len;
    put_bytes(w->out, VIEW(none));
}

static const struct {
    const char *name;
    void (*put)(struct word *w);
} words[] = {
    {"account", word_account},   {"device", word_device}, {"key", word_key},
    {"recovery", word_recovery}, {"code", word_code},     {"room", word_room},
    {"event", word_event},       {"report", word_report}, {"by", word_by},
    {"ledger", word_ledger},     {"invite", word_invite}, {"now", word_now},
    {"counter", word_counter},   {"size", word_size},     {"head", word_head},
    {"noise", word_noise},       {"zeros", word_zeros},   {"record", word_record},
    {"body", word_body},         {"leaf", word_leaf},     {"hybrid", word_hybrid},
    {"kem", word_kem},           {"rekey", word_rekey},   {"ratchet", word_ratchet},
    {"share", word_share},       {"seals", word_seals},   {"beat", word_beat},
    {"tags", word_tags},         {"talk", word_talk},     {"pattern", word_pattern},
    {"release", word_release},   {"sig", word_sig},
};

static bool is_name(struct view part, unsigned *out)
{
    for (unsigned i = 0; i < ACTORS; i++)
        if (view_eq(part, view_str(actor_names[i]))) {
            *out = i;
            return true;
        }
    return false;
}

static bool is_number(struct view part, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < part.len; i++) {
        if (part.ptr[i] < '0' || part.ptr[i] > '9' || i == 15) return false;
        *out = *out * 10 + (uint64_t)(part.ptr[i] - '0');
    }
    return part.len > 0;
}

static struct view until(struct view v, char end)
{
    const uint8_t *at = v.len ? memchr(v.ptr, end, v.len) : NULL;
    return (struct view){v.ptr, at ? (size_t)(at - v.ptr) : v.len};
}

static struct view after(struct view v, size_t n)
{
    return n < v.len ? (struct view){v.ptr + n, v.len - n} : (struct view){0};
}

static void read_part(struct word *w, struct view part)
{
    unsigned name;
    uint64_t n;
    if (is_number(part, &n) && w->number_count < 3)
        w->number[w->number_count++] = n;
    else if (is_name(part, &name) && w->who_count < 4)
        w->who[w->who_count++] = name;
    else
        w->kind = part;
}

/* Without its dollar. False: it is none of ours. */
static bool fill_in(struct view text, unsigned speaker, struct writer *out, size_t *sig_at)
{
    struct word w = {.speaker = speaker, .out = out, .sig_at = sig_at};
    struct view name = until(text, '.');
    size_t i = 0;
    while (i < sizeof(words) / sizeof(*words) && !view_eq(name, view_str(words[i].name))) i++;
    if (i == sizeof(words) / sizeof(*words)) return false;
    struct view rest = after(text, name.len + 1);
    bool of_record = words[i].put == word_record || words[i].put == word_body;
    for (unsigned n = 0; rest.len && n < WORD_PARTS; n++) {
        struct view part = until(rest, '.');
        if (n == 0 && of_record)
            w.kind = part; /* "founder" is one, and a name */
        else
            read_part(&w, part);
        rest = after(rest, part.len + 1);
    }
    words[i].put(&w);
    return true;
}

static size_t word_len(struct view v)
{
    size_t n = 0;
    while (n < v.len && v.ptr[n] && strchr("abcdefghijklmnopqrstuvwxyz0123456789.-", v.ptr[n])) n++;
    return n;
}

/* The text that is sent. */
static struct view expand(struct view line, unsigned speaker)
{
    static char text[TEXT_BYTES];
    struct writer out = writer_init((uint8_t *)text, sizeof(text));
    size_t sig_at = SIZE_MAX;
    while (line.len) {
        struct view plain = until(line, '$');
        write_view(&out, plain);
        line = after(line, plain.len);
        if (!line.len) break;
        struct view word = {line.ptr + 1, word_len(after(line, 1))};
        if (fill_in(word, speaker, &out, &sig_at))
            line = after(line, 1 + word.len);
        else
            write_u8(&out, '$'), line = after(line, 1);
    }
    if (out.err) return (struct view){0};
    struct request *r;
    uint8_t sig[SIG_BYTES];
    char in_text[B64_LEN(SIG_BYTES) + 1];
    if (sig_at != SIZE_MAX && api_decode(&r, writer_view(&out)) == OK) {
        if (sign_command(&r->command, speaker, sig) && b64_encode(in_text, sizeof(in_text), VIEW(sig)))
            memcpy(text + sig_at, in_text, B64_LEN(SIG_BYTES));
        api_free(r);
    } else if (sig_at != SIZE_MAX) {
        api_free(r);
    }
    return writer_view(&out);
}

/* ---- lines
 * ------------------------------------------------------------------------------------------------------- */

static bool says(struct view *rest, const char *word)
{
    struct view first = until(*rest, ' ');
    if (!view_eq(first, view_str(word))) return false;
    *rest = after(*rest, first.len + 1);
    return true;
}

static void store_line(struct view rest)
{
    club.store_holds = says(&rest, "holds");
    club.store_refuses = says(&rest, "refuses");
    club.store_full = says(&rest, "full");
    club.hooks.wake(club.hooks.user);
}

static void media_line(struct view rest)
{
    club.media_busy = says(&rest, "busy");
    club.media_full = says(&rest, "full");
    club.media_was_busy |= club.media_busy;
    club.hooks.wake(club.hooks.user); /* what waited goes out */
}

static void person_line(unsigned who, struct view rest)
{
    uint64_t why = 0;
    const struct person *p = person_of(who);
    if (says(&rest, "open")) {
        club_connect(who);
    } else if (says(&rest, "close")) {
        club_disconnect(who);
    } else if (says(&rest, "up")) {
        if (p) club_media(MEDIA_PEER_UP, p->peer, MEDIA_DOWN_CONSENT);
    } else if (says(&rest, "down")) {
        (void)is_number(rest, &why);
        if (p) club_media(MEDIA_PEER_DOWN, p->peer, (enum media_down_why)(why % (MEDIA_DOWN_FULL + 1)));
    } else {
        struct view text = expand(rest, who);
        if (text.len) club_say(who, (const char *)text.ptr, text.len);
    }
}

static void play_line(struct view line)
{
    uint64_t ms = 0;
    unsigned who;
    if (says(&line, "time")) {
        if (is_number(line, &ms)) club_tick(ms % ((uint64_t)40 * 86400000));
    } else if (says(&line, "store")) {
        store_line(line);
    } else if (says(&line, "media")) {
        media_line(line);
    } else if (says(&line, "server")) {
        if (says(&line, "restart")) club_restart();
    } else if (is_name(until(line, ' '), &who)) {
        person_line(who, after(line, strlen(actor_names[who]) + 1));
    }
    if (!club.store_holds) club.hooks.wake(club.hooks.user);
    club_hear_closed();
    club_check();
}

static void play(struct view text)
{
    for (unsigned n = 0; text.len && n < LINES; n++) {
        struct view line = until(text, '\n');
        text = after(text, line.len + 1);
        if (line.len && line.len <= LINE_BYTES && line.ptr[0] != '#') play_line(line);
    }
}

/* ---- the evening
 * ------------------------------------------------------------------------------------------------- */

/* A founder, an admin and three members, each of whom knows the way in. */
#define HELLO(who)                                                                                           \
    who " {\"id\":3,\"do\":\"hello\",\"account\":\"$account." who "\",\"device\":\"$device." who             \
        "\",\"sig\":\"$sig\",\"log\":{\"size\":0,\"head\":\"$zeros.32\"}}\n"
#define MEMBER(who, inviter, n)                                                                              \
    inviter " {\"id\":1,\"do\":\"log.append\",\"record\":\"$record.invite." inviter "." n "\"}\n" who        \
            " {\"id\":2,\"do\":\"invite.redeem\",\"name\":\"" who "\",\"record\":\"$record.redeem." who      \
            "." n "\"}\n" HELLO(who)
static const char prologue[] =
    "founder "
    "{\"id\":2,\"do\":\"invite.redeem\",\"name\":\"founder\",\"record\":\"$record.founder.founder\"}\n" HELLO(
        "founder") MEMBER("admin", "founder", "1") MEMBER("tom", "founder", "2") MEMBER("zoe", "admin", "3")
        MEMBER("ann", "tom",
               "4") "founder {\"id\":4,\"do\":\"log.append\",\"record\":\"$record.role.founder.admin.2\"}\n"
                    "time 1000\n";

/* Whatever was wrong is well again, and time goes by until the last room is over. */
static void everybody_goes(void)
{
    club.prologue = true; /* what follows is not the input's */
    play_line(view_str("store well"));
    play_line(view_str("media well"));
    for (unsigned i = 0; i < ACTORS; i++) club_disconnect(i);
    for (unsigned i = 0; i < LAST_TICKS; i++) {
        club_tick(i < LAST_TICKS / 2 ? 1000 : 60000);
        club_check();
    }
    struct rooms_stats s = rooms_stats(world.r);
    MUST(s.rooms == 0 && s.people == 0 && s.sockets == 0 && s.sessions == 0);
    MUST(world.r->pair_count == 0 && world.r->by_sock.count == 0 && world.r->by_room.count == 0);
    club_restart();
    MUST(rooms_stats(world.r).rooms == 0); /* the store has forgotten them too */
}

/* A server with its members, before the first line. */
static void script_start(void)
{
    static bool seeded;
    if (!seeded) MUST(RAND_set_rand_method(&noise_method) == 1);
    seeded = true;
    club_open();
    for (unsigned i = 0; i < ACTORS; i++) club_connect(i);
    play(view_str(prologue));
    MUST(rooms_stats(world.r).members == 5 && rooms_stats(world.r).sessions == 5);
    club.prologue = false;
}

#endif
