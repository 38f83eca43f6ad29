/* Private to rooms/: what runs each command of the table in rooms.c. Thread: control. */
#ifndef ROOMS_COMMANDS_H
#define ROOMS_COMMANDS_H

#include "rooms/rooms.h"

struct sock;

enum err do_look(struct rooms *r, struct sock *s, const struct command *c);
enum err do_record(struct rooms *r, struct sock *s, const struct command *c);
enum err do_hello(struct rooms *r, struct sock *s, const struct command *c);
enum err do_log_read(struct rooms *r, struct sock *s, const struct command *c);
enum err do_device_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_pair_open(struct rooms *r, struct sock *s, const struct command *c);
enum err do_pair_find(struct rooms *r, struct sock *s, const struct command *c);
enum err do_pair_offer(struct rooms *r, struct sock *s, const struct command *c);
enum err do_recovery_look(struct rooms *r, struct sock *s, const struct command *c);
enum err do_claim_open(struct rooms *r, struct sock *s, const struct command *c);
enum err do_claim_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_invite_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_chain_read(struct rooms *r, struct sock *s, const struct command *c);
enum err do_club_read(struct rooms *r, struct sock *s, const struct command *c);
enum err do_profile_read(struct rooms *r, struct sock *s, const struct command *c);
enum err do_profile_set(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_twin(struct rooms *r, struct sock *s, const struct command *c);
enum err do_trace_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_trace_read(struct rooms *r, struct sock *s, const struct command *c);
enum err do_operator_trace(struct rooms *r, struct sock *s, const struct command *c);
enum err do_export(struct rooms *r, struct sock *s, const struct command *c);
enum err do_passkey_set(struct rooms *r, struct sock *s, const struct command *c);
enum err do_passkey_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_passkey_look(struct rooms *r, struct sock *s, const struct command *c);
enum err do_mod_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_admin_health(struct rooms *r, struct sock *s, const struct command *c);
enum err do_admin_invites(struct rooms *r, struct sock *s, const struct command *c);
enum err do_admin_find(struct rooms *r, struct sock *s, const struct command *c);
enum err do_admin_alerts(struct rooms *r, struct sock *s, const struct command *c);
enum err do_operator_members(struct rooms *r, struct sock *s, const struct command *c);
enum err do_operator_export(struct rooms *r, struct sock *s, const struct command *c);
enum err do_operator_stats(struct rooms *r, struct sock *s, const struct command *c);
enum err do_people_follow(struct rooms *r, struct sock *s, const struct command *c);
enum err do_people_block(struct rooms *r, struct sock *s, const struct command *c);
enum err do_people_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_event_new(struct rooms *r, struct sock *s, const struct command *c);
enum err do_event_cancel(struct rooms *r, struct sock *s, const struct command *c);
enum err do_report(struct rooms *r, struct sock *s, const struct command *c);
enum err do_report_list(struct rooms *r, struct sock *s, const struct command *c);
enum err do_report_close(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_open(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_join(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_path(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_leave(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_end(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_hand(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_mute(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_bring(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_answer(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_send_back(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_mute_other(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_remove(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_readmit(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_role(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_lock(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_title(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_hands(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_lower(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_lower_all(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_ping(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_knock(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_keys(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_seals(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_beat(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_tags(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_kem(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_say(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_react(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_note(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_pin(struct rooms *r, struct sock *s, const struct command *c);
enum err do_room_silence(struct rooms *r, struct sock *s, const struct command *c);

#endif
