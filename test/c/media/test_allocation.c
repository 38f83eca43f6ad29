/* The packet path takes no memory: everything that a turn of the worker allocates is counted, here and in
 * OpenSSL, while somebody speaks in two variants and codewords pass from one block to the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net.h"

#include <openssl/crypto.h>

enum {
    LISTENERS = 6,
    FRAMES = 12,
    BLOCK_FRAMES = FRAMES * CODE_BLOCK,
    FRAMES_SAID = BLOCK_FRAMES * 7 / 4 /* consent lasts 15 s */
};

static bool counting;
static unsigned allocations;

static void note(void)
{
    allocations += counting;
}

#define WRAP(name, result, parameters, arguments)                                                            \
    result __real_##name parameters;                                                                         \
    result __wrap_##name parameters;                                                                         \
    result __wrap_##name parameters                                                                          \
    {                                                                                                        \
        note();                                                                                              \
        return __real_##name arguments;                                                                      \
    }
WRAP(malloc, void *, (size_t n), (n))
WRAP(calloc, void *, (size_t n, size_t size), (n, size))
WRAP(realloc, void *, (void *p, size_t n), (p, n))
WRAP(reallocarray, void *, (void *p, size_t n, size_t size), (p, n, size))
WRAP(aligned_alloc, void *, (size_t align, size_t n), (align, n))

static void *crypto_malloc(size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(n);
}

static void *crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return realloc(p, n);
}

static void crypto_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    free(p);
}

void __real_worker_step(struct worker *w, uint64_t now);
void __wrap_worker_step(struct worker *w, uint64_t now);
void __wrap_worker_step(struct worker *w, uint64_t now)
{
    counting = true;
    __real_worker_step(w, now);
    counting = false;
}

static struct client *join(struct net *n, uint8_t who)
{
    struct client *c = net_client(n, net_room(1));
    c->is.account = (struct id){{who}};
    c->is.traced = true;
    c->is.seed[0] = who;
    net_up(n, c, false);
    return c;
}

static void say(struct net *n, struct client *c)
{
    client_say_as(c, &(struct say){.payload = "b", .level = 20, .b = true});
    client_say(c, "a", 20);
    net_pass(n, 20);
}

static void codewords_are_drawn_off_the_packet_path(void **state)
{
    struct net *n = *state;
    struct client *speaker = join(n, 1), *listener = NULL;
    for (uint8_t i = 0; i < LISTENERS; i++) listener = join(n, (uint8_t)(10 + i));
    assert_true(allocations > 100); /* handshakes: they are counted */
    net_speak(n, speaker, true);
    net_twin(n, speaker, (struct media_twin){true, speaker->offset, speaker->timestamp, 0});
    for (unsigned f = 0; f < FRAMES; f++) say(n, speaker); /* histories, the first page */
    unsigned heard = 0, drawn = 0;
    for (unsigned f = FRAMES; f < FRAMES_SAID; f++) {
        allocations = 0;
        size_t before = listener->heard_count;
        say(n, speaker);
        heard += (unsigned)(listener->heard_count - before);
        if (f % BLOCK_FRAMES == BLOCK_FRAMES / 2) /* the next page */
            drawn += allocations;
        else
            assert_int_equal(allocations, 0);
    }
    assert_int_equal(heard, FRAMES_SAID - FRAMES);
    assert_true(drawn > LISTENERS);
}

int main(void)
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1) return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(codewords_are_drawn_off_the_packet_path, net_setup, net_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
