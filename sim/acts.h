/* What acts.c and club.c share: who acts, and how a request is made and its effects carried out. */
#ifndef SIM_ACTS_H
#define SIM_ACTS_H

#include "checks.h"

struct player *any(struct sim *s);
struct actor *anybody(struct sim *s); /* somebody with keys, member or not */
struct command from(const struct player *p, enum command_kind kind);
void ask(struct sim *s, const struct command *c);
void done(struct sim *s, enum err e); /* refusals are a part of life */
void connect_player(struct sim *s, struct player *p);
enum err hello(struct sim *s, struct player *p);

/* club.c */
void invite(struct sim *s, struct player *by);
void pair(struct sim *s, struct player *p);
void record(struct sim *s, struct player *p);
void profile(struct sim *s, struct player *p);
void passkeys(struct sim *s, struct player *p);
void tie(struct sim *s, struct player *p);
void event(struct sim *s, struct player *p);
void report(struct sim *s, struct player *p);
void take_back(struct sim *s, struct player *p);
void read_something(struct sim *s, struct player *p);

/* live.c */
void beat(struct sim *s, struct player *p);
void tags(struct sim *s, struct player *p);
void kem(struct sim *s, struct player *p);
void twin(struct sim *s, struct player *p);

#endif
