/* kill -9 in the middle of work: two members have a row of changes under way, and the server is killed at
 * some moment of it. What it said it had done is there when it is started again, in order, and it goes on
 * from there. */
#include "../noise.h"
#include "member.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "crypt/sign.h"

enum { ROUNDS = 8, BATCH = 24, LONGEST_US = 120000 };

static void send_request(struct member *m, int id, const char *members)
{
    char text[TEXT_BYTES];
    assert_true(snprintf(text, sizeof text, "{\"id\":%d,%s}", id, members) < (int)sizeof text);
    ws_text(m->fd, text);
}

/* How many requests were answered with ok before the connection ended: the first ones, in their order. */
static int acknowledged(struct member *m)
{
    int n = 0;
    for (json_t *j; (j = ws_next(m->fd)); json_decref(j)) {
        if (!json_object_get(j, "re")) continue;
        if (!json_is_true(json_object_get(j, "ok"))) fail_msg("refused: %s", error_code(j));
        assert_int_equal(json_integer_value(json_object_get(j, "re")), ++n);
    }
    close(m->fd);
    return n;
}

static json_int_t log_size(struct member *m)
{
    connect_member(m);
    json_t *r = ask(m, hello_text(m));
    json_int_t size = json_integer_value(json_object_get(json_object_get(r, "log"), "size"));
    json_decref(r);
    return size;
}

/* The guest's line about itself is the number of the change that wrote it. */
static int bio(void)
{
    json_t *r = ask(&guest, "\"do\":\"account.export\"");
    const char *text = json_string_value(json_object_get(json_object_get(r, "export"), "bio"));
    int n = text ? atoi(text) : 0;
    json_decref(r);
    return n;
}

static void kill_server(unsigned microseconds)
{
    int status;
    nanosleep(&(struct timespec){.tv_nsec = microseconds * 1000L}, NULL);
    kill(server.pid, SIGKILL);
    assert_int_equal(waitpid(server.pid, &status, 0), server.pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    close(server.out), close(server.err);
}

static void what_was_acknowledged_is_there(void **state)
{
    (void)state;
    unsigned chance = (unsigned)time(NULL);
    printf("seed %u\n", chance);
    found_club();
    invite_guest();
    json_int_t size = 3; /* founder, invite, redeem */
    int written = 0;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 1; i <= BATCH; i++) {
            uint8_t seed[32];
            struct hash hash;
            char line[96];
            assert_int_equal(random_bytes(seed, sizeof seed), OK);
            send_request(&founder, i, invite_text(&founder, seed, &hash));
            snprintf(line, sizeof line, "\"do\":\"profile.set\",\"bio\":\"%d\"", written + i);
            send_request(&guest, i, line);
        }
        lcg(&chance);
        kill_server((chance >> 8) % LONGEST_US);
        int invites = acknowledged(&founder), lines = acknowledged(&guest);
        start(NULL, 0);
        json_int_t now_there = log_size(&founder);
        assert_in_range(now_there, size + invites, size + BATCH);
        assert_int_equal(log_size(&guest), now_there);
        assert_in_range(bio(), written + lines, written + BATCH);
        size = now_there;
        written = bio();
        printf("round %d: %d of %d records, %d of %d lines acknowledged\n", round, invites, BATCH, lines,
               BATCH);
    }
    assert_int_equal(stop_server(&server), 0);
}

/* Of what the server had acknowledged before it was killed, the disk has lost the end. */
static void what_is_lost_is_said(void **state)
{
    (void)state;
    char web[256], data[256], log[256], output[8192];
    file_path(web, sizeof web, folder, "web");
    file_path(data, sizeof data, folder, "data");
    file_path(log, sizeof log, folder, "data/aparte.db-wal");
    found_club();
    invite_guest();
    kill_server(0);
    close(founder.fd), close(guest.fd);
    struct stat st;
    assert_int_equal(stat(log, &st), 0);
    assert_int_equal(truncate(log, st.st_size - 1), 0);
    const char *const again[] = {program, "serve", "--web", web, "--data", data, "--listen", "localhost:0", NULL};
    assert_int_equal(run_program(again, output, sizeof output), 1);
    assert_non_null(strstr(output, "has lost changes that were acknowledged: restore a backup"));
    assert_null(strstr(output, "Founder link"));
}

int main(int argc, char **argv)
{
    if (argc < 2) return 2;
    program = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_acknowledged_is_there, folder_set_up, folder_tear_down),
        cmocka_unit_test_setup_teardown(what_is_lost_is_said, folder_set_up, folder_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
