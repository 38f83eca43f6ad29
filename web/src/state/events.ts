// What is announced for later. Whoever wants to be reminded is known to this browser alone.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { EventCard, Id } from '../api/messages.ts';
import { icsOf } from '../base/ics.ts';
import { keep, kept } from '../base/kept.ts';
import type { Core } from './core.ts';
import type { EventControls, NewEvent, Outcome } from './model.ts';
import { attempt } from './outcome.ts';
import { whoOf } from './ties.ts';

const LOOK_MS = 20_000;
const SOON_MS = 10 * 60_000;
const REMINDERS_KEPT = 100; // events; what was asked for longest ago is forgotten first

type Tell = (
  key: 'notice.event_soon' | 'notice.event_soon_private',
  params: { title: string; n: number },
) => void;

export class ClubEvents implements EventControls {
  readonly list: ReadonlySignal<EventCard[]>;
  readonly reminders: Signal<ReadonlySet<Id>> = signal(readReminders());
  readonly #core: Core;
  readonly #tell: Tell;
  readonly #events: Signal<ReadonlyMap<Id, EventCard>> = signal(new Map());

  constructor(core: Core, tell: Tell) {
    this.#core = core;
    this.#tell = tell;
    this.list = computed(() => [...this.#events.value.values()].sort((a, b) => a.start - b.start));
    setInterval(() => this.look(Date.now()), LOOK_MS);
  }

  announce({ picked, ...event }: NewEvent): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request('event.new', { ...event, ...whoOf(picked) });
    });
  }

  cancel(event: Id): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request('event.cancel', { event });
    });
  }

  remind(event: Id, on: boolean): void {
    const others = [...this.reminders.value].filter((one) => one !== event);
    this.#remember(on ? [...others, event] : others);
  }

  calendar(event: EventCard, neutral: string): string {
    return icsOf(event, neutral, this.#core.page.origin, Date.now());
  }

  /** Ten minutes ahead, once. */
  look(now: number): void {
    for (const event of this.list.value) {
      if (!this.reminders.value.has(event.id) || event.start - now > SOON_MS) continue;
      this.remind(event.id, false);
      const n = Math.max(0, Math.round((event.start - now) / 60_000));
      if (event.start > now - SOON_MS)
        this.#tell(event.sensitive ? 'notice.event_soon_private' : 'notice.event_soon', {
          title: event.title,
          n,
        });
    }
  }

  all(events: EventCard[]): void {
    this.#events.value = new Map(events.map((event) => [event.id, event]));
  }

  one(event: EventCard): void {
    this.#events.value = new Map(this.#events.value).set(event.id, event);
  }

  gone(event: Id): void {
    const events = new Map(this.#events.value);
    if (events.delete(event)) this.#events.value = events;
  }

  forget(): void {
    this.all([]);
    this.#remember([]);
  }

  #remember(events: Id[]): void {
    const last = events.slice(-REMINDERS_KEPT);
    this.reminders.value = new Set(last);
    keep('reminders', last.join(' '));
  }
}

const readReminders = (): ReadonlySet<Id> => new Set((kept('reminders') ?? '').split(' ').filter(Boolean));
