// The account on its other devices. One room at a time holds for all of them together: who would go into a room here is
// asked before the presence there ends, and the device whose presence ended is told. Coming back, after a reload, a lost
// connection or a restart, is the same device and asks nothing.

import { signal } from '@preact/signals';
import type { Id, RoomCard } from '../api/messages.ts';
import type { Incoming } from '../socket/socket.ts';
import type { ElsewhereControls, Moved, Outcome } from './model.ts';

const DONE: Outcome = { ok: true, value: undefined };

export class Elsewhere implements ElsewhereControls {
  readonly room = signal<Id | null>(null);
  readonly asked = signal<{ to: Id | null } | null>(null);
  readonly moved = signal<Moved | null>(null);
  #enter: (room: Id) => Promise<Outcome>;
  #settle: (yes: boolean) => void = () => undefined;

  constructor(enter: (room: Id) => Promise<Outcome>) {
    this.#enter = enter;
  }

  // Into this room, or into a new one (null): at once, or when the person says so. To stay there is no failure.
  async go(to: Id | null, enter: () => Promise<Outcome>): Promise<Outcome> {
    if (this.room.value && !(await this.#ask(to))) return DONE;
    return enter();
  }

  answer(yes: boolean): void {
    this.asked.value = null;
    this.#settle(yes);
  }

  comeBack(): Promise<Outcome> {
    return this.moved.value ? this.#enter(this.moved.value.room) : Promise.resolve(DONE);
  }

  dropMoved(): void {
    this.moved.value = null;
  }

  is(room: Id | null): void {
    this.room.value = room;
    if (!room) this.answer(false); // there is nothing to be asked any more
  }

  // Our presence in this room has ended for another one.
  left({ id: room }: RoomCard): void {
    this.moved.value = { room, device: this.room.value !== null };
  }

  onEvent(event: Incoming): void {
    const room = this.moved.value?.room;
    if (event.ev === 'elsewhere') this.is(event.room ?? null);
    if (event.ev === 'hall.gone' && event.room === room) this.dropMoved();
    if (event.ev === 'hall' && !event.rooms.some(({ id }) => id === room)) this.dropMoved();
  }

  forget(): void {
    this.is(null);
    this.dropMoved();
  }

  #ask(to: Id | null): Promise<boolean> {
    this.answer(false);
    this.asked.value = { to };
    return new Promise((settle) => {
      this.#settle = settle;
    });
  }
}
