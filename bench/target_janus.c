/* Janus' videoroom, started as Debian ships it but for what a measurement needs: `where` is "IPV4,LOOPS",
 * LOOPS being its `event_loops` (0: Debian's default, a thread for everyone). One session with a handle for
 * each client, spoken to through the unix transport; its API is JSON with SDP inside
 * (https://janus.conf.meetecho.com/docs/rest.html). */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "target.h"

enum { MESSAGE_BYTES = 1 << 16, SDP_BYTES = 2048, TRIES = 100, WAIT_US = 100000, ANSWER_S = 10 };

struct target {
    struct process janus;
    int fd;
    char folder[32];
    json_int_t session;
    unsigned long transaction;
    uint32_t seats;
    json_int_t *feeds; /* by room; 0: the room is not made yet */
};

/* ---- files ---- */

static bool write_file(const struct target *t, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", t->folder, name);
    FILE *f = fopen(path, "w");
    if (!f) return false;
    bool ok = fputs(text, f) >= 0;
    return fclose(f) == 0 && ok;
}

/* Other plugins and transports stay out; nothing expires; the rest is as in the package. */
static bool write_config(const struct target *t, const char *address, unsigned loops)
{
    char general[1024], unix_transport[256], number[64] = "";
    if (loops) snprintf(number, sizeof(number), "event_loops = %u", loops);
    snprintf(
        general, sizeof(general),
        "general: { configs_folder = \"%s\" log_to_stdout = false session_timeout = 0 %s }\n"
        "nat: { ice_enforce_list = \"%s\" }\n"
        "media: { rtp_port_range = \"20000-39999\" }\n"
        "plugins: { disable = "
        "\"libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,"
        "libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,"
        "libjanus_videocall.so,libjanus_voicemail.so\" }\n"
        "transports: { disable = "
        "\"libjanus_http.so,libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_rabbitmq.so,"
        "libjanus_websockets.so\" }\n",
        t->folder, number, address);
    snprintf(unix_transport, sizeof(unix_transport),
             "general: { enabled = true json = \"compact\" path = \"%s/api\" type = \"SOCK_SEQPACKET\" }\n"
             "admin: { admin_enabled = false }\n",
             t->folder);
    return write_file(t, "janus.jcfg", general) &&
           write_file(t, "janus.transport.pfunix.jcfg", unix_transport);
}

static void remove_files(const struct target *t)
{
    static const char *const NAMES[] = {"janus.jcfg", "janus.transport.pfunix.jcfg", "api"};
    char path[128];
    for (size_t i = 0; i < sizeof(NAMES) / sizeof(*NAMES); i++) {
        snprintf(path, sizeof(path), "%s/%s", t->folder, NAMES[i]);
        unlink(path);
    }
    rmdir(t->folder);
}

/* ---- messages ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *s = json_string_value(json_object_get(object, name));
    return s ? s : "";
}

static json_t *receive(struct target *t)
{
    static char buf[MESSAGE_BYTES];
    ssize_t n = recv(t->fd, buf, sizeof(buf), 0);
    if (n <= 0) {
        fprintf(stderr, "load: Janus does not answer\n");
        return NULL;
    }
    return json_loadb(buf, (size_t)n, 0, NULL);
}

/* Takes `message`. The answer to it, or with `event` the event that follows the first "ack"; NULL on any
 * error. */
static json_t *call(struct target *t, json_t *message, bool event)
{
    char transaction[24];
    snprintf(transaction, sizeof(transaction), "t%lu", t->transaction++);
    json_object_set_new(message, "transaction", json_string(transaction));
    if (t->session) json_object_set_new(message, "session_id", json_integer(t->session));
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    bool sent = text && send(t->fd, text, strlen(text), 0) > 0;
    free(text);
    for (json_t *a; sent && (a = receive(t)); json_decref(a)) {
        const char *kind = text_of(a, "janus");
        if (strcmp(text_of(a, "transaction"), transaction) != 0 || (event && strcmp(kind, "ack") == 0))
            continue;
        if (strcmp(kind, "error") != 0) return a;
        fprintf(stderr, "load: Janus: %s\n", text_of(json_object_get(a, "error"), "reason"));
        sent = false;
    }
    return NULL;
}

static json_int_t number_in(const json_t *answer, const char *outer, const char *inner)
{
    const json_t *data = json_object_get(answer, outer);
    if (strcmp(outer, "plugindata") == 0) data = json_object_get(data, "data");
    return json_integer_value(json_object_get(data, inner));
}

static json_int_t attach(struct target *t)
{
    json_t *a = call(t, json_pack("{s:s,s:s}", "janus", "attach", "plugin", "janus.plugin.videoroom"), false);
    json_int_t handle = number_in(a, "data", "id");
    json_decref(a);
    return handle;
}

static json_t *ask(struct target *t, json_int_t handle, json_t *body, const char *kind, const char *sdp)
{
    json_t *m = json_pack("{s:s,s:I,s:o}", "janus", "message", "handle_id", handle, "body", body);
    if (sdp) json_object_set_new(m, "jsep", json_pack("{s:s,s:s}", "type", kind, "sdp", sdp));
    return call(t, m, strcmp(text_of(body, "request"), "create") != 0);
}

/* ---- SDP ---- */

static bool line_after(const char *sdp, const char *prefix, char *out, size_t cap)
{
    const char *at = strstr(sdp, prefix);
    if (!at) return false;
    at += strlen(prefix);
    size_t n = strcspn(at, "\r\n");
    if (n >= cap) return false;
    memcpy(out, at, n);
    out[n] = 0;
    return true;
}

static bool parse_candidate(const char *sdp, struct sockaddr_in *out)
{
    for (const char *c = sdp; (c = strstr(c, "a=candidate:")); c++) {
        char protocol[8], address[64];
        unsigned port;
        if (sscanf(c, "a=candidate:%*s 1 %7s %*u %63s %u typ host", protocol, address, &port) != 3) continue;
        *out = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        if ((protocol[0] | 32) == 'u' && inet_pton(AF_INET, address, &out->sin_addr) == 1) return true;
    }
    return false;
}

static bool read_sdp(const char *sdp, struct terms *t, char *mid, size_t mid_cap)
{
    char fingerprint[128];
    unsigned pt;
    const char *audio = strstr(sdp, "m=audio");
    if (!audio || sscanf(audio, "m=audio %*u %*s %u", &pt) != 1) return false;
    t->payload_type = (uint8_t)pt;
    return line_after(sdp, "a=ice-ufrag:", t->server_ufrag, sizeof(t->server_ufrag)) &&
           line_after(sdp, "a=ice-pwd:", t->server_pwd, sizeof(t->server_pwd)) &&
           line_after(sdp, "a=mid:", mid, mid_cap) &&
           line_after(sdp, "a=fingerprint:sha-256 ", fingerprint, sizeof(fingerprint)) &&
           hex_read(fingerprint, t->server_fingerprint.bytes, HASH_BYTES) && parse_candidate(sdp, &t->server);
}

static void write_sdp(char *out, const struct terms *t, const struct hash *fingerprint, const char *mid,
                      bool sends)
{
    char address[INET_ADDRSTRLEN], hex[3 * HASH_BYTES + 1], ssrc[64] = "";
    inet_ntop(AF_INET, &t->self.sin_addr, address, sizeof(address));
    for (int i = 0; i < HASH_BYTES; i++) sprintf(hex + 3 * i, "%02X:", fingerprint->bytes[i]);
    hex[3 * HASH_BYTES - 1] = 0;
    if (sends) snprintf(ssrc, sizeof(ssrc), "a=ssrc:%u cname:load\r\n", t->ssrc[0]);
    snprintf(
        out, SDP_BYTES,
        "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nt=0 0\r\na=group:BUNDLE %s\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF %u\r\nc=IN IP4 %s\r\na=rtcp-mux\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n"
        "a=fingerprint:sha-256 %s\r\na=setup:active\r\na=mid:%s\r\na=%s\r\na=rtpmap:%u opus/48000/2\r\n"
        "%sa=candidate:1 1 udp 2130706431 %s %u typ host\r\na=end-of-candidates\r\n",
        address, mid, t->payload_type, address, t->ufrag, t->pwd, hex, mid, sends ? "sendonly" : "recvonly",
        t->payload_type, ssrc, address, ntohs(t->self.sin_port));
}

/* ---- clients ---- */

static enum err publish(struct target *t, const struct seat *s, const struct hash *fingerprint,
                        struct terms *terms)
{
    char sdp[SDP_BYTES], mid[32];
    json_int_t handle = attach(t), room = 1000 + s->room;
    json_decref(ask(t, handle,
                    json_pack("{s:s,s:I,s:i,s:s,s:b}", "request", "create", "room", room, "publishers", 1,
                              "audiocodec", "opus", "notify_joining", 0),
                    NULL, NULL));
    json_t *a =
        ask(t, handle, json_pack("{s:s,s:I,s:s}", "request", "join", "room", room, "ptype", "publisher"),
            NULL, NULL);
    t->feeds[s->room] = number_in(a, "plugindata", "id");
    json_decref(a);
    write_sdp(sdp, terms, fingerprint, "0", true);
    a = ask(t, handle, json_pack("{s:s,s:b,s:b}", "request", "configure", "audio", 1, "video", 0), "offer",
            sdp);
    bool ok =
        t->feeds[s->room] && read_sdp(text_of(json_object_get(a, "jsep"), "sdp"), terms, mid, sizeof(mid));
    json_decref(a);
    return ok ? OK : ERR_MALFORMED;
}

/* Janus knows the speaker's stream a little later than the speaker does. */
static enum err subscribe(struct target *t, const struct seat *s, const struct hash *fingerprint,
                          struct terms *terms)
{
    char sdp[SDP_BYTES], mid[32];
    json_int_t handle = attach(t), room = 1000 + s->room;
    bool ok = false;
    for (int i = 0; i < TRIES && !ok; i++) {
        if (i) usleep(WAIT_US);
        json_t *a = ask(t, handle,
                        json_pack("{s:s,s:I,s:s,s:[{s:I}]}", "request", "join", "room", room, "ptype",
                                  "subscriber", "streams", "feed", t->feeds[s->room]),
                        NULL, NULL);
        if (!a) return ERR_SYSTEM;
        ok = read_sdp(text_of(json_object_get(a, "jsep"), "sdp"), terms, mid, sizeof(mid));
        json_decref(a);
    }
    if (!ok) return ERR_NOT_FOUND;
    write_sdp(sdp, terms, fingerprint, mid, false);
    json_t *a = ask(t, handle, json_pack("{s:s}", "request", "start"), "answer", sdp);
    json_decref(a);
    return a ? OK : ERR_SYSTEM;
}

static enum err janus_add(struct target *t, const struct seat *s, const struct hash *fingerprint,
                          struct terms *terms)
{
    terms->level_ext = 0;
    if (!s->speaker) return subscribe(t, s, fingerprint, terms);
    if (!t->feeds[s->room]) return publish(t, s, fingerprint, terms);
    fprintf(stderr, "load: Janus is measured with one speaker per room\n");
    return ERR_UNSUPPORTED;
}

static enum err janus_speak(struct target *t, const struct seat *s)
{
    return t->feeds[s->room] ? OK : ERR_NOT_FOUND;
}

/* ---- life ---- */

static void janus_close(struct target *t)
{
    if (t->fd >= 0) close(t->fd);
    process_kill(&t->janus);
    remove_files(t);
    free(t->feeds);
    free(t);
}

static bool connect_to(struct target *t)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_sec = ANSWER_S};
    snprintf(a.sun_path, sizeof(a.sun_path), "%s/api", t->folder);
    t->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (t->fd < 0 || setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0) return false;
    for (int i = 0; i < TRIES; i++, usleep(WAIT_US))
        if (connect(t->fd, (struct sockaddr *)&a, sizeof(a)) == 0) return true;
    fprintf(stderr, "load: Janus did not start\n");
    return false;
}

static bool open_session(struct target *t)
{
    json_t *a = call(t, json_pack("{s:s}", "janus", "create"), false);
    t->session = number_in(a, "data", "id");
    json_decref(a);
    return t->session != 0;
}

static struct target *janus_open(const char *where, const struct process_place *place, uint32_t seats)
{
    char address[INET_ADDRSTRLEN], config[64];
    unsigned loops;
    if (sscanf(where, "%15[0-9.],%u", address, &loops) != 2) {
        fprintf(stderr, "load: janus:IPV4,LOOPS\n");
        return NULL;
    }
    struct target *t = calloc(1, sizeof(*t));
    if (!t) return NULL;
    *t = (struct target){.janus = {.pid = -1}, .fd = -1, .folder = "/tmp/bench-janus-XXXXXX", .seats = seats};
    t->feeds = calloc(seats, sizeof(*t->feeds));
    char *argv[] = {"/usr/bin/janus", "-F", t->folder, "-C", config, NULL};
    if (t->feeds && mkdtemp(t->folder)) {
        snprintf(config, sizeof(config), "%s/janus.jcfg", t->folder);
        if (write_config(t, address, loops) && process_start(&t->janus, argv, place) == OK && connect_to(t) &&
            open_session(t))
            return t;
    }
    janus_close(t);
    return NULL;
}

static pid_t janus_pid(const struct target *t)
{
    return t->janus.pid;
}

static void janus_stats(struct target *t, char *out, size_t cap)
{
    (void)t;
    snprintf(out, cap, "null");
}

const struct target_row target_janus = {"janus",     janus_open, janus_close, janus_pid, janus_add,
                                        janus_speak, NULL,       janus_stats, NULL};
