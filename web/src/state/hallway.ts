// What the hallway shows: rooms now, events later. Kept as the server tells it, for as long as the session lasts.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Id, RoomCard } from '../api/messages.ts';
import type { Incoming } from '../socket/socket.ts';
import type { ClubEvents } from './events.ts';

export class Hallway {
  readonly rooms: ReadonlySignal<RoomCard[]>;
  readonly #cards: Signal<ReadonlyMap<Id, RoomCard>> = signal(new Map());
  readonly #events: ClubEvents;
  readonly #changed: (card: RoomCard) => void;

  constructor(events: ClubEvents, changed: (card: RoomCard) => void) {
    this.#events = events;
    this.#changed = changed;
    this.rooms = computed(() => [...this.#cards.value.values()].sort((a, b) => b.opened - a.opened));
  }

  card(id: Id): RoomCard | undefined {
    return this.#cards.value.get(id);
  }

  // True if it was news for the hallway.
  onEvent(event: Incoming): boolean {
    switch (event.ev) {
      case 'hall':
        this.#cards.value = new Map(event.rooms.map((card) => [card.id, card]));
        this.#events.all([]); // those that there are come right behind
        return true;
      case 'hall.room':
        this.#cards.value = new Map(this.#cards.value).set(event.room.id, event.room);
        this.#changed(event.room);
        return true;
      case 'hall.gone': {
        const cards = new Map(this.#cards.value);
        cards.delete(event.room);
        this.#cards.value = cards;
        return true;
      }
      case 'hall.events':
        this.#events.all(event.events);
        return true;
      case 'hall.event':
        this.#events.one(event.event);
        return true;
      case 'hall.event_gone':
        this.#events.gone(event.event);
        return true;
      default:
        return false;
    }
  }

  forget(): void {
    this.#cards.value = new Map();
    this.#events.all([]);
  }
}
