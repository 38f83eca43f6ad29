// What moderators decide about the room they are in, who is asked to come into it, and being asked oneself.

import { signal } from '@preact/signals';
import type { Act, Events, HandsPolicy, Id, RequestName, Requests, RoomCard } from '../api/messages.ts';
import type { Incoming } from '../socket/socket.ts';
import type { Core } from './core.ts';
import { MOST_PEOPLE, type NoticeKey } from './keys.ts';
import type { FullRoom, HostControls, Knock, Notice, Outcome, Ping } from './model.ts';
import { attempt } from './outcome.ts';

const MOST_KNOCKS = 50;

// What a moderator did to us, as it is said to us.
export const ACTS: Record<Act, NoticeKey | null> = {
  muted: 'notice.muted_by',
  sent_back: null, // leaving the stage is said by itself
  lowered: 'notice.not_now',
  moderator: 'notice.moderator',
  no_moderator: 'notice.no_moderator',
};

export class Hosting implements HostControls {
  readonly pinged = signal<Ping | null>(null);
  readonly full = signal<FullRoom | null>(null);
  readonly knocks = signal<Knock[]>([]);
  #core: Core;
  #tell: (key: NoticeKey, params?: Notice['params']) => void;
  #waiting: Id | null = null; // for a place in this room

  constructor(core: Core, tell: (key: NoticeKey, params?: Notice['params']) => void) {
    this.#core = core;
    this.#tell = tell;
  }

  setModerator(account: Id, moderator: boolean): Promise<Outcome> {
    return this.#ask('room.role', { account, moderator });
  }

  lock(locked: boolean): Promise<Outcome> {
    return this.#ask('room.lock', { locked });
  }

  setTitle(title: string): Promise<Outcome> {
    return this.#ask('room.title', { title });
  }

  setHands(hands: HandsPolicy): Promise<Outcome> {
    return this.#ask('room.hands', { hands });
  }

  lower(account: Id): Promise<Outcome> {
    return this.#ask('room.lower', { account });
  }

  lowerAll(): Promise<Outcome> {
    return this.#ask('room.lower_all', {});
  }

  async ping(account: Id): Promise<Outcome> {
    const outcome = await this.#ask('room.ping', { account });
    if (outcome.ok) this.dropKnock(account);
    return outcome;
  }

  knock(room: Id): Promise<Outcome> {
    return this.#ask('room.knock', { room });
  }

  dropKnock(account: Id): void {
    this.knocks.value = this.knocks.value.filter(({ by }) => by.account !== account);
  }

  dropPing(): void {
    this.pinged.value = null;
  }

  dropFull(): void {
    this.full.value = null;
  }

  // Somebody for whom there was no place is told when there is one.
  entered({ id: room, title }: RoomCard, outcome: Outcome): Outcome {
    const why = outcome.ok ? '' : outcome.code;
    const full = why === 'room_full' || why === 'server_full';
    this.#waiting = why === 'room_full' ? room : null;
    this.full.value = full ? { room, title, why, place: false } : null;
    if (this.pinged.value?.room === room) this.dropPing();
    this.knocks.value = [];
    return outcome;
  }

  onEvent(event: Incoming): void {
    if (event.ev === 'pinged') this.pinged.value = { room: event.room, title: event.title, by: event.by };
    if (event.ev === 'room.knocked') this.#onKnock(event);
    if (event.ev === 'room.person') this.dropKnock(event.person.account);
    if (event.ev === 'hall.gone') this.#onGone(event.room);
    if (event.ev === 'hall.room') this.#onCard(event.room);
  }

  #onKnock({ room, by }: Knock): void {
    this.dropKnock(by.account);
    this.knocks.value = [...this.knocks.value, { room, by }].slice(-MOST_KNOCKS);
  }

  #onGone(room: Id): void {
    if (this.pinged.value?.room === room) this.dropPing();
    if (this.#waiting === room) this.#waiting = null;
    if (this.full.value?.room !== room) return;
    this.dropFull();
    this.#tell('notice.out_ended');
  }

  #onCard({ id, title, people, locked }: Events['hall.room']['room']): void {
    if (!locked) this.knocks.value = this.knocks.value.filter(({ room }) => room !== id);
    if (this.#waiting !== id || people >= MOST_PEOPLE) return;
    this.#waiting = null;
    if (this.full.value) this.full.value = { ...this.full.value, title, place: true };
    else if (title) this.#tell('notice.space', { room: title });
    else this.#tell('notice.space_untitled');
  }

  #ask<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request(name, members);
    });
  }
}
