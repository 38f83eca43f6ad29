/* The option table: defaults, order of sources, and a sentence for every bad value. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server/config.h"

static struct config config;
static char why[1024];

static enum err load(const char *const *flags)
{
    char *argv[32];
    int argc = 0;
    for (; flags && flags[argc]; argc++) argv[argc] = (char *)(uintptr_t)flags[argc];
    why[0] = 0;
    return config_load(&config, argc, argv, why, sizeof why);
}

#define LOAD(...) load((const char *const[]){__VA_ARGS__, NULL})

static void defaults(void **state)
{
    (void)state;
    assert_int_equal(load(NULL), OK);
    assert_string_equal(config.data, "./data");
    assert_string_equal(config.listen_host, "localhost");
    assert_int_equal(config.listen_port, 8080);
    assert_int_equal(config.media_port, 8080);
    assert_true(config.media_threads >= 1 && config.media_threads <= LIMIT_MEDIA_THREADS);
    assert_string_equal(config.name, "Aparté");
    assert_int_equal(config.log, LOG_INFO_LEVEL);
    assert_false(config.behind_proxy);
    assert_false(config_tls(&config));
    assert_true(config_loopback(&config));
    const char *addresses[2];
    assert_int_equal(config_addresses(&config, addresses), 2);
    assert_string_equal(addresses[0], "127.0.0.1");
    assert_string_equal(addresses[1], "::1");
}

static void flags_win_over_the_environment(void **state)
{
    (void)state;
    setenv("APARTE_NAME", "From the environment", 1);
    setenv("APARTE_DATA", "", 1); /* empty is absent */
    assert_int_equal(load(NULL), OK);
    assert_string_equal(config.name, "From the environment");
    assert_string_equal(config.data, "./data");
    assert_int_equal(LOAD("--name=From a flag", "--data", "/srv/a"), OK);
    assert_string_equal(config.name, "From a flag");
    assert_string_equal(config.data, "/srv/a");
    setenv("APARTE_LOG", "loud", 1);
    assert_int_equal(load(NULL), ERR_MALFORMED);
    assert_non_null(strstr(why, "APARTE_LOG must be error, warn, info or debug, not \"loud\"."));
    assert_int_equal(LOAD("--log", "warn"), OK);
    unsetenv("APARTE_NAME"), unsetenv("APARTE_DATA"), unsetenv("APARTE_LOG");
}

/* `count` characters of four bytes each. */
static const char *long_text(size_t count)
{
    static char text[LIMIT_ABOUT_BYTES + 5];
    text[0] = 0;
    for (size_t i = 0; i < count; i++) strcat(text, "\xf0\x9f\x8e\xa7");
    return text;
}

static void the_club_s_own_words(void **state)
{
    (void)state;
    assert_int_equal(load(NULL), OK);
    assert_int_equal(strlen(config.about) + strlen(config.about_fr) + strlen(config.contact), 0);
    assert_int_equal(LOAD("--about", "On Thursdays", "--about-fr", "Le jeudi", "--contact", "ines@example.org"),
                     OK);
    assert_string_equal(config.about, "On Thursdays");
    assert_string_equal(config.about_fr, "Le jeudi");
    assert_string_equal(config.contact, "ines@example.org");
    static const struct {
        const char *flag;
        int most;
    } rows[] = {{"--about", LIMIT_ABOUT_CHARS},
                {"--about-fr", LIMIT_ABOUT_CHARS},
                {"--contact", LIMIT_CONTACT_CHARS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char sentence[80];
        snprintf(sentence, sizeof sentence, "%s must have 1 to %d visible characters, on one line.",
                 rows[i].flag, rows[i].most);
        assert_int_equal(LOAD(rows[i].flag, long_text((size_t)rows[i].most)), OK);
        assert_int_equal(LOAD(rows[i].flag, long_text((size_t)rows[i].most + 1)), ERR_MALFORMED);
        assert_string_equal(why, sentence);
        assert_int_equal(LOAD(rows[i].flag, "two\nlines"), ERR_MALFORMED);
        assert_int_equal(LOAD(rows[i].flag, " "), ERR_MALFORMED);
    }
}

static void bad_values_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *flag, *value, *sentence;
    } rows[] = {{"--data", "", "is empty"},
                {"--web", "", "is empty"},
                {"--listen", "", "must be HOST:PORT"},
                {"--listen", "8080", "HOST:PORT"},
                {"--listen", ":8080", "HOST:PORT"},
                {"--listen", "localhost", "HOST:PORT"},
                {"--listen", "::1:8080", "HOST:PORT"},
                {"--listen", "localhost:", "number from 0 to 65535"},
                {"--listen", "localhost:65536", "number"},
                {"--listen", "localhost:-1", "number"},
                {"--listen", "localhost:80x", "number"},
                {"--listen", "localhost: 80", "number"},
                {"--listen", "rooms.example.org:443", "address of this machine"},
                {"--listen", "[localhost]:80", "address"},
                {"--listen", "[127.0.0.1]:80", "address"},
                {"--listen", "[]:80", "address"},
                {"--listen", "256.1.1.1:80", "address"},
                {"--media-port", "0", "from 1 to 65535"},
                {"--media-port", "65536", "from 1"},
                {"--media-port", "+7", "from 1"},
                {"--media-port", "0x50", "from 1"},
                {"--media-port", "99999999999999999999999", "from 1"},
                {"--media-address", "rooms.example.org", "IPv4 or IPv6 address"},
                {"--media-address", "[::1]", "IPv4 or IPv6"},
                {"--media-address", "0.0.0.0", "not a wildcard"},
                {"--media-address", "::", "not a wildcard"},
                {"--media-address", "192.0.2.1,", "IPv4 or IPv6"},
                {"--media-address", ",192.0.2.1", "IPv4 or IPv6"},
                {"--media-address", "192.0.2.1,::", "not a wildcard"},
                {"--media-address", "192.0.2.1,192.0.2.2", "not two of a kind"},
                {"--media-address", "2001:db8::1,2001:db8::2", "not two of a kind"},
                {"--media-address", "192.0.2.1,2001:db8::1,192.0.2.2", "IPv4 or IPv6"},
                {"--media-threads", "0", "from 1 to 64"},
                {"--media-threads", "65", "from 1 to 64"},
                {"--media-threads", "two", "from 1"},
                {"--tls-cert", "/nowhere/cert.pem", "cannot be read"},
                {"--tls-key", "/nowhere/key.pem", "cannot be read"},
                {"--media-affinity", "1", "yes or no"},
                {"--behind-proxy", "true", "yes or no"},
                {"--behind-proxy", "", "yes or no"},
                {"--origin", "rooms.example.org", "must look like https://"},
                {"--origin", "ftp://x", "must look like"},
                {"--origin", "https://", "must look like"},
                {"--origin", "https://a.example/", "end after the host"},
                {"--origin", "https://a.example/path", "end after"},
                {"--origin", "https://A.example", "must look like"},
                {"--origin", "https://a.example:443", "leave out :443"},
                {"--origin", "http://localhost:80", "leave out :80"},
                {"--origin", "https://a.example:0", "number"},
                {"--origin", "http://a.example", "must be https"},
                {"--name", "", "1 to 40 visible"},
                {"--name", "two\nlines", "visible"},
                {"--name", "\xff", "visible"},
                {"--name", "01234567890123456789012345678901234567890", "1 to 40"},
                {"--log", "trace", "error, warn, info or debug"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (LOAD(rows[i].flag, rows[i].value) == OK || strncmp(why, rows[i].flag, strlen(rows[i].flag)) ||
            !strstr(why, rows[i].sentence))
            fail_msg("%s \"%s\": %s", rows[i].flag, rows[i].value, why);
    }
    assert_int_equal(LOAD("--name"), ERR_MALFORMED);
    assert_string_equal(why, "--name needs a value.");
    assert_int_equal(LOAD("--nam", "x"), ERR_MALFORMED);
    assert_non_null(strstr(why, "--nam is not an option"));
    assert_int_equal(LOAD("serve"), ERR_MALFORMED);
    char long_word[4000] = "--";
    memset(long_word + 2, 'x', sizeof long_word - 3);
    assert_int_equal(LOAD(long_word), ERR_MALFORMED);
    assert_non_null(strstr(why, "is not an option")); /* it does not push the sentence out */
}

static void what_goes_together(void **state)
{
    (void)state;
    char cert[] = "/tmp/aparte-cert-XXXXXX";
    assert_true(mkstemp(cert) >= 0);
    assert_int_equal(LOAD("--listen", "192.0.2.7:80"), ERR_MALFORMED);
    assert_non_null(strstr(why, "microphone"));
    assert_int_equal(LOAD("--listen", "0.0.0.0:8080"), ERR_MALFORMED);
    assert_non_null(strstr(why, "plain HTTP"));
    assert_int_equal(LOAD("--listen", "[::]:8080"), ERR_MALFORMED);
    assert_int_equal(LOAD("--tls-cert", cert), ERR_MALFORMED);
    assert_non_null(strstr(why, "--tls-key is missing"));
    assert_int_equal(LOAD("--tls-key", cert), ERR_MALFORMED);
    assert_int_equal(LOAD("--tls-key", cert, "--tls-cert", cert, "--listen", "192.0.2.7:443"), OK);
    assert_int_equal(LOAD("--tls-key", cert, "--tls-cert", cert, "--listen", "0.0.0.0:443"), ERR_MALFORMED);
    assert_non_null(strstr(why, "--origin is missing"));
    assert_int_equal(LOAD("--behind-proxy", "yes"), ERR_MALFORMED);
    assert_int_equal(
        LOAD("--behind-proxy", "yes", "--origin", "https://rooms.example.org", "--listen", "0.0.0.0:80"), OK);
    assert_int_equal(LOAD("--listen", "127.0.0.2:80"), OK);
    assert_int_equal(LOAD("--listen", "[::1]:80"), OK);
    assert_string_equal(config.listen_host, "::1");
    unlink(cert);
}

static void origins_follow_from_the_address(void **state)
{
    (void)state;
    struct origins o;
    assert_int_equal(load(NULL), OK);
    config_origins(&config, 8080, &o);
    assert_int_equal(o.count, 3);
    assert_string_equal(o.list[0], "http://localhost:8080");
    assert_string_equal(origins_host(&o, "http://127.0.0.1:8080"), "127.0.0.1:8080");
    assert_string_equal(origins_host(&o, "http://[::1]:8080"), "[::1]:8080");
    static const char *const foreign[] = {"",
                                          "null",
                                          "http://localhost",
                                          "https://localhost:8080",
                                          "http://localhost:8081",
                                          "http://localhost:8080/",
                                          "http://localhost:8080.evil.example",
                                          "http://evil.example"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) assert_null(origins_host(&o, foreign[i]));
    config_origins(&config, 80, &o);
    assert_string_equal(o.list[0], "http://localhost"); /* as browsers write it */
    assert_int_equal(LOAD("--origin", "https://rooms.example.org"), OK);
    config_origins(&config, 8080, &o);
    assert_int_equal(o.count, 1);
    assert_string_equal(origins_host(&o, "https://rooms.example.org"), "rooms.example.org");
    assert_null(origins_host(&o, "http://localhost:8080"));
}

static void media_address_is_concrete(void **state)
{
    (void)state;
    struct sockaddr_storage all[LIMIT_MEDIA_ADDRESSES], a;
    size_t n;
    assert_int_equal(LOAD("--media-address", "192.0.2.9,2001:db8::1", "--media-port", "7000"), OK);
    assert_int_equal(config_media_addresses(&config, all, &n), OK);
    assert_int_equal(n, 2);
    assert_int_equal(((struct sockaddr_in *)&all[0])->sin_addr.s_addr, inet_addr("192.0.2.9"));
    assert_int_equal(all[1].ss_family, AF_INET6);
    assert_int_equal(ntohs(((struct sockaddr_in6 *)&all[1])->sin6_port), 7000);
    assert_int_equal(LOAD("--media-address", "192.0.2.9", "--media-port", "7000"), OK);
    assert_int_equal(config_media_addresses(&config, all, &n), OK);
    assert_int_equal(n, 1);
    a = all[0];
    assert_int_equal(((struct sockaddr_in *)&a)->sin_addr.s_addr, inet_addr("192.0.2.9"));
    assert_int_equal(ntohs(((struct sockaddr_in *)&a)->sin_port), 7000);
    assert_int_equal(LOAD("--media-address", "2001:db8::1"), OK);
    assert_int_equal(config_media_addresses(&config, all, &n), OK);
    assert_int_equal(n, 1);
    a = all[0];
    assert_int_equal(a.ss_family, AF_INET6);
    assert_int_equal(load(NULL), OK); /* found out: whatever it is, no wildcard */
    assert_int_equal(config_media_addresses(&config, all, &n), OK);
    assert_int_equal(n, 1);
    a = all[0];
    if (a.ss_family == AF_INET) assert_int_not_equal(((struct sockaddr_in *)&a)->sin_addr.s_addr, 0);
}

static bool http_at(const char *listen, const char *media)
{
    struct sockaddr_storage a[LIMIT_MEDIA_ADDRESSES];
    size_t n;
    assert_int_equal(LOAD("--listen", listen, "--media-address", media), OK);
    assert_int_equal(config_media_addresses(&config, a, &n), OK);
    return config_http_at(&config, &a[0]);
}

static void http_keeps_its_port(void **state)
{
    (void)state;
    assert_true(http_at("localhost:8080", "127.0.0.1"));
    assert_true(http_at("localhost:8080", "::1"));
    assert_false(http_at("localhost:8080", "192.0.2.9"));
    assert_false(http_at("localhost:8080", "2001:db8::1"));
    assert_true(http_at("127.0.0.1:8080", "127.0.0.1"));
    assert_false(http_at("127.0.0.1:8080", "::1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(defaults),
                                       cmocka_unit_test(flags_win_over_the_environment),
                                       cmocka_unit_test(the_club_s_own_words),
                                       cmocka_unit_test(bad_values_are_named),
                                       cmocka_unit_test(what_goes_together),
                                       cmocka_unit_test(origins_follow_from_the_address),
                                       cmocka_unit_test(media_address_is_concrete),
                                       cmocka_unit_test(http_keeps_its_port)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
