/* The key schedule of docs/protocol.md "Room keys", computed in C from test/golden/keys.json, which the
 * client's tests write and are held to as well. All bytes are in hex:
 *
 *   {"bk", "R", "roster_root", "H",             what a rekey starts from
 *    "wrap_key", "next_bk",                     Expand(bk, "wrap"), Expand(bk, "next")
 *    "ratchet",                                 Expand(R, "ratchet", roster_root)
 *    "commitment", "base",                      of R
 *    "senders": [{"index", "key"}],             base keys
 *    "wrap": {"ciphertext"},                    R under wrap_key, aad H
 *    "merkle": [{"slots": [{"slot", "leaf"}], "root"}],
 *    "header": {"body", "hash"},               header without its signature, H of it
 *    "stage": {"list", "hash"},
 *    "seal", "welcome": {"sk", "room", "epoch", "generation", "slot", "H", "data", "plain"}}     */
#include "hpke.h"

#include "crypt/sign.h"

/* Expand(k, label, context, n): info = "aparte/v1/" label 0x00 context */
static struct blob expand(const struct blob *k, const char *label, const struct blob *context, size_t n)
{
    struct blob info = text("aparte/v1/");
    append(&info, label, strlen(label) + 1);
    append_blob(&info, context);
    return hkdf_expand(k, &info, n);
}

static void assert_member(const json_t *object, const char *name, const struct blob *got)
{
    struct blob want = json_hex(object, name);
    if (want.len != got->len || memcmp(want.bytes, got->bytes, got->len) != 0)
        fail_msg("\"%s\" differs", name);
}

static void secrets_follow_the_schedule(void **state)
{
    json_t *root = *state, *sender;
    const struct blob none = {0};
    struct blob bk = json_hex(root, "bk"), secret = json_hex(root, "R"), H = json_hex(root, "H");
    struct blob roster = json_hex(root, "roster_root");
    assert_int_equal(bk.len, 32);
    assert_int_equal(secret.len, 32);
    assert_int_equal(H.len, 32);

    struct blob wrap_key = expand(&bk, "wrap", &none, 16);
    assert_member(root, "wrap_key", &wrap_key);
    struct blob got = expand(&bk, "next", &none, 32);
    assert_member(root, "next_bk", &got);
    got = expand(&secret, "ratchet", &roster, 32);
    assert_member(root, "ratchet", &got);
    struct blob message = blob_of("aparte/v1/commit", sizeof("aparte/v1/commit"));
    got = hmac_blob(&secret, &message);
    assert_member(root, "commitment", &got);
    struct blob base = expand(&secret, "sframe", &H, 32);
    assert_member(root, "base", &base);

    size_t i;
    assert_true(json_array_size(json_object_get(root, "senders")) > 0);
    json_array_foreach(json_object_get(root, "senders"), i, sender)
    {
        struct blob index = {0};
        append_number(&index, (uint64_t)json_integer_value(json_object_get(sender, "index")), 1);
        got = expand(&base, "sender", &index, 16);
        assert_member(sender, "key", &got);
    }

    const struct blob nonce = {.len = 12};
    got = gcm_seal(&wrap_key, &nonce, &H, &secret);
    assert_member(json_object_get(root, "wrap"), "ciphertext", &got);
}

/* ---- RFC 6962 2.1 over slots ---- */

enum { SLOTS_MAX = 4096 };
struct entry {
    bool filled;
    struct hash leaf;
};
static struct entry entries[SLOTS_MAX];

static struct hash tree_hash(size_t from, size_t n)
{
    struct blob b = {0};
    if (n == 1) {
        append_number(&b, 0, 1);
        append_number(&b, from, 2);
        if (entries[from].filled) append(&b, entries[from].leaf.bytes, HASH_BYTES);
        return hash_raw(blob_view(&b));
    }
    size_t k = 1; /* the largest power of two below n */
    while (k * 2 < n) k *= 2;
    struct hash left = tree_hash(from, k), right = tree_hash(from + k, n - k);
    append_number(&b, 1, 1);
    append(&b, left.bytes, HASH_BYTES);
    append(&b, right.bytes, HASH_BYTES);
    return hash_raw(blob_view(&b));
}

static void roster_root_is_the_rfc_6962_tree(void **state)
{
    json_t *root = *state, *tree, *slot;
    size_t i, n;
    assert_true(json_array_size(json_object_get(root, "merkle")) > 0);
    json_array_foreach(json_object_get(root, "merkle"), i, tree)
    {
        size_t size = 0;
        memset(entries, 0, sizeof(entries));
        json_array_foreach(json_object_get(tree, "slots"), n, slot)
        {
            size_t at = (size_t)json_integer_value(json_object_get(slot, "slot"));
            struct blob leaf = json_hex(slot, "leaf");
            assert_true(at < SLOTS_MAX);
            assert_int_equal(leaf.len, HASH_BYTES);
            entries[at].filled = true;
            memcpy(entries[at].leaf.bytes, leaf.bytes, HASH_BYTES);
            size = at >= size ? at + 1 : size;
        }
        struct hash h = size ? tree_hash(0, size) : hash_raw((struct view){0});
        struct blob got = blob_of(h.bytes, HASH_BYTES);
        assert_member(tree, "root", &got);
    }
}

static void hashes_of_header_and_stage(void **state)
{
    json_t *header = json_object_get(*state, "header"), *stage = json_object_get(*state, "stage");
    struct blob body = json_hex(header, "body"), list = json_hex(stage, "list");
    struct hash h = hash_two("header-hash", blob_view(&body), (struct view){0});
    struct blob got = blob_of(h.bytes, HASH_BYTES);
    assert_member(header, "hash", &got);
    h = hash_two("stage", blob_view(&list), (struct view){0});
    got = blob_of(h.bytes, HASH_BYTES);
    assert_member(stage, "hash", &got);
}

static void seals_open(void **state)
{
    static const char *const kinds[] = {"seal", "welcome"};
    for (size_t i = 0; i < 2; i++) {
        json_t *part = json_object_get(*state, kinds[i]);
        if (!part) continue;
        struct blob info = text("aparte/v1/"), room = json_hex(part, "room"), plain;
        append(&info, kinds[i], strlen(kinds[i]) + 1);
        append_blob(&info, &room);
        append_number(&info, (uint64_t)json_integer_value(json_object_get(part, "epoch")), 4);
        append_number(&info, (uint64_t)json_integer_value(json_object_get(part, "generation")), 4);
        append_number(&info, (uint64_t)json_integer_value(json_object_get(part, "slot")), 2);
        struct blob sk = json_hex(part, "sk"), H = json_hex(part, "H"), data = json_hex(part, "data");
        assert_true(hpke_open(&sk, &info, &H, &data, &plain));
        assert_member(part, "plain", &plain);
    }
}

static int load(void **state)
{
    *state = golden("keys.json");
    return 0;
}

static int unload(void **state)
{
    json_decref(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_follow_the_schedule),
        cmocka_unit_test(roster_root_is_the_rfc_6962_tree),
        cmocka_unit_test(hashes_of_header_and_stage),
        cmocka_unit_test(seals_open),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
