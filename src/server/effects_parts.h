/* Private to effects*.c: the parts that messages are made of. */
#ifndef SERVER_EFFECTS_PARTS_H
#define SERVER_EFFECTS_PARTS_H

#include "server/effects.h"

/* ---- effects_club.c ---- */
const char *club_role_word(enum club_role role);
void put_id(struct json *j, const char *key, const struct id *id);
void put_face(struct json *j, const char *key, const struct id *account, struct view name);
void put_challenge(struct json *j, const struct out *o);
void put_club(struct json *j, const struct out *o);
void put_look(struct json *j, const struct out *o);
void put_hello(struct json *j, const struct out *o);
void put_record(struct json *j, const struct out *o);
void put_invites(struct json *j, const struct out *o);
void put_chains(struct json *j, const struct out *o);
void put_guest(struct json *j, const struct out *o);
void put_log(struct json *j, uint64_t size, const struct hash *head);
void put_entries(struct json *j, const char *key, const struct chain_entry *list, size_t count);
void put_log_event(struct json *j, const struct out *o);
void put_held(struct json *j, const struct out *o);
void put_role(struct json *j, const struct out *o);
void put_elsewhere(struct json *j, const struct out *o);

/* ---- effects_device.c ---- */
void put_log_part(struct json *j, const struct out *o);
void put_devices(struct json *j, const struct out *o);
void put_pair(struct json *j, const struct out *o);
void put_pair_key(struct json *j, const struct out *o);
void put_pair_offer(struct json *j, const struct out *o);
void put_pair_done(struct json *j, const struct out *o);
void put_pair_gone(struct json *j, const struct out *o);
void put_recovery(struct json *j, const struct out *o);
void put_claims(struct json *j, const struct out *o);
void put_claim(struct json *j, const struct out *o);
void put_claimed(struct json *j, const struct out *o);

/* ---- effects_profile.c ---- */
void put_some_text(struct json *j, const char *key, struct view text);
void put_profiles(struct json *j, const struct out *o);
void put_export(struct json *j, const struct out *o);
void put_passkeys(struct json *j, const struct out *o);
void put_passkey(struct json *j, const struct out *o);
void put_mod(struct json *j, const struct out *o);
void put_profile(struct json *j, const struct out *o);
void put_mod_ask(struct json *j, const struct out *o);

/* ---- effects_admin.c ---- */
void put_members(struct json *j, const struct out *o);
void put_stats(struct json *j, const struct out *o, const struct media_place *place);
void put_health(struct json *j, const struct out *o, const struct media_place *place);
void put_open_invites(struct json *j, const struct out *o);
void put_account(struct json *j, const struct out *o);
void put_alert_list(struct json *j, const struct alert_info *list, size_t count);
void put_alerts(struct json *j, const struct out *o);
void put_alerts_event(struct json *j, const struct out *o);

/* ---- effects_hall.c ---- */
void put_kept(struct json *j, const struct kept_info *list, size_t count);
void put_people(struct json *j, const struct out *o);
void put_reports(struct json *j, const struct out *o);
void put_followed(struct json *j, const struct out *o);
void put_events(struct json *j, const struct out *o);
void put_event_one(struct json *j, const struct out *o);
void put_event_gone(struct json *j, const struct out *o);
void put_report_count(struct json *j, const struct out *o);

/* ---- effects_room.c ---- */
void put_join(struct json *j, const struct out *o, const struct media_place *place);
void put_path(struct json *j, const struct out *o, const struct media_place *place);
void put_hall(struct json *j, const struct out *o);
void put_hall_room(struct json *j, const struct out *o);
void put_hall_gone(struct json *j, const struct out *o);
void put_room_person(struct json *j, const struct out *o);
void put_left(struct json *j, const struct out *o);
void put_news(struct json *j, const struct out *o);
void put_called(struct json *j, const struct out *o);
void put_act(struct json *j, const struct out *o);
void put_pinged(struct json *j, const struct out *o);
void put_out(struct json *j, const struct out *o);

/* ---- effects_keys.c ---- */
void put_keys_common(struct json *j, struct view header, struct view stage);
void put_changes(struct json *j, const char *key, const struct roster_change *list, size_t count);
void put_keys(struct json *j, const struct out *o);
void put_seal(struct json *j, const struct out *o);
void put_beat(struct json *j, const struct out *o);
void put_from(struct json *j, const struct out *o); /* something sealed or signed, and by whom */
void put_reactions(struct json *j, const struct out *o);
void put_kems(struct json *j, const struct out *o);

/* ---- effects_trace.c ---- */
void put_traces(struct json *j, const struct out *o);
void put_patterns(struct json *j, const struct out *o);
void put_trace(struct json *j, const struct out *o);

#endif
