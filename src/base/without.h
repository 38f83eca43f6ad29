/* Protections that a test server can be told to do without (APARTE_TEST_WITHOUT=name), so that
 * `make abuse-controls` sees the abuse case of each one fail: a test that cannot fail proves nothing. In a
 * build without test hooks `without` is false for the compiler, and nothing of this is left. Thread: set at
 * start-up, before any other thread; read by all. */
#ifndef BASE_WITHOUT_H
#define BASE_WITHOUT_H

#include <stdbool.h>

/*    protection, its name, and what happens without it */
#define PROTECTIONS(X)                                                                                       \
    X(ONE_ROOM, "one-room")                 /* an account stays where it was when it joins again */          \
    X(DTLS_FINGERPRINT, "dtls-fingerprint") /* any certificate will do */                                    \
    X(HELLO_SIGNATURE, "hello-signature")   /* who names a device is taken for it */                         \
    X(STUN_PASSWORD, "stun-password")       /* a check needs the two user names only */                      \
    X(MEDIA_DROP, "media-drop")             /* who was removed keeps getting packets */                      \
    X(BAN, "ban")                           /* who was banned may come back */                               \
    X(ORIGIN, "origin")                     /* any page may open the WebSocket */                            \
    X(HALL_MEMBERS, "hall-members")         /* visitors hear of rooms */                                     \
    X(PICKED, "picked")                     /* closed rooms are everybody's */                               \
    X(SPEAK, "speak")                       /* the audience is heard */                                      \
    X(PATIENCE, "patience")                 /* who fell silent stays */                                      \
    X(RANDOM_NAMES, "random-names")         /* a media connection is named after its room */                 \
    X(PROFILE_BUDGET, "profile-budget")     /* profiles without end */                                       \
    X(KEPT_BUDGET, "kept-budget")           /* a restart gives the day's profiles anew */                    \
    X(OFFICERS, "officers")                 /* everybody sees what admins see */                             \
    X(LOOK_SIGNATURE, "look-signature")     /* invitations are talked about with anybody */                  \
    X(SINGLE_USE, "single-use")             /* an invitation lets in more than one */                        \
    X(SETUP_LINK, "setup-link")             /* whoever comes first founds the club */                        \
    X(INVITE_QUOTA, "invite-quota")         /* invitations without end */                                    \
    X(HOLD, "hold")                         /* who is held for review goes anywhere */                       \
    X(RANK, "rank")                         /* everybody is above everybody */                               \
    X(REMOVALS, "removals")                 /* one admin may throw out the whole club */                     \
    X(LOCK, "lock")                         /* locked rooms are open */                                      \
    X(OPENER, "opener")                     /* whoever comes in moderates */                                 \
    X(PACE, "pace")                         /* hands, chat and reactions without end */                      \
    X(HANDS_OFF, "hands-off")               /* hands go up where none are wanted */                          \
    X(BLOCK, "block")                       /* a block hides nothing */                                      \
    X(REPORT_READERS, "report-readers")     /* everybody reads every report */                               \
    X(RTP_PACE, "rtp-pace")                 /* a speaker floods the room */                                  \
    X(TEXT, "text")                         /* names of any characters */                                    \
    X(QUIET_LOG, "quiet-log")               /* names are logged */                                           \
    X(ERASE, "erase")                       /* a deleted account leaves its profile behind */                \
    X(MODERATOR, "moderator")               /* the audience moderates */                                     \
    X(DEVICE_REVOKE, "device-revoke")       /* a signed-out device stays where it is */                      \
    X(LOCKED_MEMORY, "locked-memory")       /* keys may be swapped out */                                    \
    X(CLOSED_CALLS, "closed-calls")         /* the process may ask anything of the kernel */                 \
    X(STORE_ANSWERS, "store-answers")       /* whoever waits for the store waits for good */                 \
    X(CONSTANT, "constant")                 /* a sensitive room takes levels, and any number of microphones */

enum protection {
#define X(id, name) WITHOUT_##id,
    PROTECTIONS(X)
#undef X
};

#ifdef APARTE_TEST_HOOKS
bool without(enum protection p);
bool without_read(const char *name); /* false: there is no such protection */
#else
static inline bool without(enum protection p)
{
    (void)p;
    return false;
}
#endif

#endif
