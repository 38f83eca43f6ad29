/* A WebSocket message as it comes from anybody: api_decode must refuse or give a command whose every view is
 * readable. */
#include <stdlib.h>

#include "server/api.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void touch(struct view v)
{
    for (size_t i = 0; i < v.len; i++) sink ^= v.ptr[i];
}

static void touch_parts(const struct key_part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) touch(parts[i].data);
}

static void touch_command(const struct command *c)
{
    switch (c->kind) {
    case COMMAND_REDEEM:
    case COMMAND_LOG_APPEND:
    case COMMAND_PAIR_ACCEPT:
    case COMMAND_RECOVERY_USE:
    case COMMAND_ROOM_REMOVE:
        touch(c->record.name);
        touch(c->record.record);
        break;
    case COMMAND_PROFILE_SET:
        touch(c->profile.to.name);
        touch(c->profile.to.handle);
        touch(c->profile.to.bio);
        touch(c->profile.to.picture);
        touch(c->profile.to.pronouns);
        break;
    case COMMAND_PASSKEY_SET:
        for (size_t i = 0; i < c->passkeys.count; i++) {
            touch(c->passkeys.list[i].credential);
            touch(c->passkeys.list[i].data);
        }
        break;
    case COMMAND_PASSKEY_LOOK:
        touch(c->passkey.credential);
        break;
    case COMMAND_PAIR_FIND:
        touch(c->pair.code);
        break;
    case COMMAND_PAIR_OFFER:
        touch(c->pair.body);
        touch(c->pair.sig);
        break;
    case COMMAND_CLAIM_OPEN:
        touch(c->claim.body);
        break;
    case COMMAND_CHAIN_READ:
    case COMMAND_PROFILE_READ:
        touch((struct view){(const uint8_t *)c->chains.accounts, c->chains.count * sizeof(struct id)});
        break;
    case COMMAND_ROOM_OPEN:
        touch(c->create.title);
        touch((struct view){(const uint8_t *)c->create.picked, c->create.picked_count * sizeof(struct id)});
        break;
    case COMMAND_ROOM_JOIN:
        touch(c->join.leaf);
        touch(view_str(c->join.media.ice.remote_ufrag));
        break;
    case COMMAND_ROOM_KEYS:
        touch(c->keys.header);
        touch(c->keys.stage);
        touch((struct view){(const uint8_t *)c->keys.changes,
                            c->keys.change_count * sizeof(struct roster_change)});
        touch_parts(c->keys.welcomes, c->keys.welcome_count);
        touch_parts(c->keys.seals, c->keys.seal_count);
        for (size_t i = 0; i < c->keys.wrap_count; i++) touch(c->keys.wraps[i]);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct request *r;
    if (api_decode(&r, (struct view){data, size}) == OK) {
        if (!r->id || r->command.request != r->id || r->command.sock) abort();
        touch_command(&r->command);
    }
    api_free(r);
    return 0;
}
