/* The one error enum. The class says who is at fault:
 *   1xx the peer sent something malformed or out of place   (count it, answer or drop, go on)
 *   2xx the member asked for something the rules refuse      (answer with the code and a sentence)
 *   3xx the system is short of something or broken           (log it, answer "try later")
 * Every function that can fail returns `enum err` and is marked MUST_CHECK. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

/*   name               code  wire code (docs/protocol.md)  sentence */
#define ERR_TABLE(X)                                                                                \
    X(OK, 0, "ok", "Done.")                                                                         \
    X(ERR_TRUNCATED, 100, "malformed", "The message ends too early.")                               \
    X(ERR_TRAILING, 101, "malformed", "The message has bytes after its end.")                       \
    X(ERR_MALFORMED, 102, "malformed", "The message is not in the form the protocol asks for.")     \
    X(ERR_UNSUPPORTED, 103, "unsupported", "This server does not know that version or type.")       \
    X(ERR_TOO_LARGE, 104, "too_large", "That is larger than this server accepts.")                  \
    X(ERR_SIGNATURE, 105, "bad_signature", "The signature does not match.")                         \
    X(ERR_REPLAY, 106, "replayed", "This was already used.")                                        \
    X(ERR_STATE, 107, "out_of_state", "That is not possible at this moment.")                       \
    X(ERR_AUTH, 108, "not_authenticated", "The check of who you are failed.")                       \
    X(ERR_UNKNOWN_REQUEST, 109, "unknown_request", "This server does not know that request.")       \
    X(ERR_ORIGIN, 110, "wrong_origin", "This page does not belong to this server.")                 \
    X(ERR_NOT_FOUND, 200, "not_found", "There is no such thing, or you may not see it.")            \
    X(ERR_FORBIDDEN, 201, "forbidden", "You may not do that.")                                      \
    X(ERR_BANNED, 202, "banned", "This account was banned from the club.")                          \
    X(ERR_INVITE_UNKNOWN, 203, "invite_unknown", "This invitation is not known here.")              \
    X(ERR_INVITE_USED, 204, "invite_used", "This invitation was already used.")                     \
    X(ERR_INVITE_EXPIRED, 205, "invite_expired", "This invitation has expired.")                    \
    X(ERR_INVITE_REVOKED, 206, "invite_revoked", "This invitation was withdrawn.")                  \
    X(ERR_INVITE_QUOTA, 207, "invite_quota", "You have no invitations left for now.")               \
    X(ERR_REMOVED, 208, "removed", "A host removed you from this room.")                            \
    X(ERR_ROOM_FULL, 209, "room_full", "The room is full.")                                         \
    X(ERR_STAGE_FULL, 210, "stage_full", "The stage is full.")                                      \
    X(ERR_NOT_IN_ROOM, 211, "not_in_room", "You are not in that room.")                             \
    X(ERR_STALE_HEADER, 212, "stale_header", "Another key header came first.")                      \
    X(ERR_NAME, 213, "bad_name", "A name has 1 to 40 visible characters.")                          \
    X(ERR_TITLE, 214, "bad_title", "A title has at most 60 visible characters.")                    \
    X(ERR_RATE, 215, "rate_limited", "Too many requests. Wait a moment.")                           \
    X(ERR_UNKNOWN_ACCOUNT, 216, "unknown_account", "This account or device is not known here.")     \
    X(ERR_HELD, 217, "held", "This account waits to be reviewed by an admin.")                      \
    X(ERR_SECOND, 218, "second_needed", "So many removals need a second admin.")                    \
    X(ERR_EARLY, 219, "too_early", "The time for a veto is not over.")                              \
    X(ERR_DEVICES, 220, "device_limit", "This account has as many devices as it may have.")         \
    X(ERR_BUDGET, 221, "budget", "You have looked up many people today. Come back tomorrow.")       \
    X(ERR_HANDLE, 222, "bad_handle", "A handle has 2 to 20 letters a to z, digits or underscores.") \
    X(ERR_HANDLE_TAKEN, 223, "handle_taken", "Somebody else has that handle.")                      \
    X(ERR_BIO, 224, "bad_bio", "A bio has at most 160 visible characters.")                         \
    X(ERR_PICTURE, 225, "bad_picture", "A picture is PNG, JPEG or WebP and at most 24 KB.")         \
    X(ERR_OTHER_LOG, 226, "other_log", "This server's member log is not the one you have seen.")    \
    X(ERR_SUITE, 227, "suite_needed", "This room needs post-quantum keys, which your browser lacks.") \
    X(ERR_SILENCED, 228, "silenced", "A host asked you to pause in the chat of this room.")         \
    X(ERR_LOCKED, 229, "room_locked", "The room is locked.")                                         \
    X(ERR_HANDS, 230, "hands_off", "You cannot raise a hand in this room.")                           \
    X(ERR_PRONOUNS, 231, "bad_pronouns", "Pronouns have at most 30 visible characters.")              \
    X(ERR_MICS, 232, "mics_full", "Four microphones are on, as many as a sensitive room carries.")     \
    X(ERR_TIME, 240, "bad_time", "That time is past, or more than a year ahead.")                   \
    X(ERR_TEXT, 241, "bad_text", "That text is too long, or has signs that cannot be shown.")       \
    X(ERR_MANY, 242, "too_many", "You have as many of these as one may have.")                      \
    X(ERR_FULL, 300, "server_full", "The server is full.")                                          \
    X(ERR_STORE, 301, "store_failed", "The server could not save that. Nothing was changed.")       \
    X(ERR_SYSTEM, 302, "internal", "Something went wrong on the server.")                           \
    X(ERR_BUSY, 303, "busy", "The server is busy. Try again.")                                      \
    X(ERR_CRYPTO, 304, "internal", "A cryptographic operation failed on the server.")

enum err {
#define X(name, code, wire, sentence) name = code,
    ERR_TABLE(X)
#undef X
};

enum err_class { ERR_CLASS_NONE, ERR_CLASS_PEER, ERR_CLASS_CALLER, ERR_CLASS_SYSTEM };

static inline enum err_class err_class(enum err e) { return (enum err_class)((int)e / 100); }

const char *err_code(enum err e);     /* the code on the wire, e.g. "invite_used" */
const char *err_sentence(enum err e); /* for people, English; the client translates by code */

#endif
