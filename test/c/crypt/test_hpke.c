#include "hpke.h"

static void check_encryptions(json_t *vector, const struct hpke_keys *k)
{
    json_t *e;
    size_t i;
    assert_true(json_array_size(json_object_get(vector, "encryptions")) > 0);
    json_array_foreach(json_object_get(vector, "encryptions"), i, e)
    {
        struct blob aad = json_hex(e, "aad"), pt = json_hex(e, "pt"), ct = json_hex(e, "ct"), opened;
        struct blob nonce = hpke_nonce(k, (uint64_t)json_integer_value(json_object_get(e, "seq")));
        struct blob sealed = gcm_seal(&k->key, &nonce, &aad, &pt);
        assert_blob_equal(&ct, sealed.bytes, sealed.len);
        assert_true(gcm_open(&k->key, &nonce, &aad, &ct, &opened));
        assert_blob_equal(&pt, opened.bytes, opened.len);
    }
}

static void rfc_9180_base_mode(void **state)
{
    (void)state;
    json_t *root = golden("hpke.json"), *v;
    size_t i;
    json_array_foreach(json_object_get(root, "vectors"), i, v)
    {
        struct blob info = json_hex(v, "info"), enc = json_hex(v, "enc"), skR = json_hex(v, "skRm");
        struct blob pkR = json_hex(v, "pkRm"), skE = json_hex(v, "skEm"), pkE = x25519_public(&skE);
        assert_blob_equal(&enc, pkE.bytes, pkE.len);
        struct blob dh = x25519(&skE, &pkR);
        struct hpke_keys sender = hpke_schedule(&dh, &enc, &pkR, &info), k = hpke_receive(&skR, &enc, &info);
        assert_blob_equal(&sender.key, k.key.bytes, k.key.len);

        struct blob want = json_hex(v, "shared_secret");
        assert_blob_equal(&want, k.shared_secret.bytes, k.shared_secret.len);
        want = json_hex(v, "key_schedule_context");
        assert_blob_equal(&want, k.context.bytes, k.context.len);
        want = json_hex(v, "secret");
        assert_blob_equal(&want, k.secret.bytes, k.secret.len);
        want = json_hex(v, "key");
        assert_blob_equal(&want, k.key.bytes, k.key.len);
        want = json_hex(v, "base_nonce");
        assert_blob_equal(&want, k.base_nonce.bytes, k.base_nonce.len);
        check_encryptions(v, &k);
    }
    assert_true(i > 0);
    json_decref(root);
}

static void single_shot_opens_for_the_right_key_info_and_aad_only(void **state)
{
    (void)state;
    json_t *root = golden("hpke.json");
    json_t *v = json_array_get(json_object_get(root, "vectors"), 0);
    json_t *e = json_array_get(json_object_get(v, "encryptions"), 0);
    struct blob sk = json_hex(v, "skRm"), info = json_hex(v, "info"), aad = json_hex(e, "aad");
    struct blob sealed = json_hex(v, "enc"), ct = json_hex(e, "ct"), want = json_hex(e, "pt"), plain;
    append_blob(&sealed, &ct);
    assert_true(hpke_open(&sk, &info, &aad, &sealed, &plain));
    assert_blob_equal(&want, plain.bytes, plain.len);

    struct blob other = json_hex(v, "skEm"), changed = info;
    assert_false(hpke_open(&other, &info, &aad, &sealed, &plain));
    changed.bytes[0] ^= 1;
    assert_false(hpke_open(&sk, &changed, &aad, &sealed, &plain));
    changed = aad;
    changed.bytes[0] ^= 1;
    assert_false(hpke_open(&sk, &info, &changed, &sealed, &plain));
    for (size_t at = 0; at < sealed.len; at++) {
        changed = sealed;
        changed.bytes[at] ^= 2;
        assert_false(hpke_open(&sk, &info, &aad, &changed, &plain));
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_9180_base_mode),
        cmocka_unit_test(single_shot_opens_for_the_right_key_info_and_aad_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
