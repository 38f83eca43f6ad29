#include "primitives.h"

static void rfc_5869(void **state)
{
    (void)state;
    json_t *root = golden("hkdf.json"), *v;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(root, "vectors")), 3);
    json_array_foreach(json_object_get(root, "vectors"), i, v)
    {
        struct blob ikm = json_hex(v, "ikm"), salt = json_hex(v, "salt"), info = json_hex(v, "info");
        struct blob want_prk = json_hex(v, "prk"), want = json_hex(v, "okm");
        struct blob prk = hkdf_extract(&salt, &ikm);
        assert_blob_equal(&want_prk, prk.bytes, prk.len);
        struct blob okm = hkdf_expand(&prk, &info, (size_t)json_integer_value(json_object_get(v, "length")));
        assert_blob_equal(&want, okm.bytes, okm.len);
    }
    json_decref(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rfc_5869)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
