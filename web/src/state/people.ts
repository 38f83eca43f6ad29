// Who is in the room, as the screens see them. What the server says of a person and what the keys say of
// them meet here; who left stays visible as "leaving" for as long as the key they hold is in use.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Id, Person } from '../api/messages.ts';
import type { KeysState } from '../e2ee/types.ts';
import type { PersonView } from './model.ts';

interface Gone {
  person: Person;
  told: boolean; // the keys know of it
}

// What is known of the invitation chains that were verified, and of people met elsewhere.
export interface Chains {
  inviters(account: Id): Id[] | null; // nearest first; null: not verified (yet)
  nameOf(account: Id): string | null;
  picture(account: Id): ReadonlySignal<string | null>;
}

export class People {
  readonly list: ReadonlySignal<PersonView[]>;
  readonly me: ReadonlySignal<PersonView | null>;
  #mine: Id;
  #talking: ReadonlySignal<boolean>; // our own microphone is live, whatever the server says of us
  #persons = new Map<Id, Person>();
  #gone = new Map<Id, Gone>();
  #levels = new Map<Id, Signal<number>>();
  #chains: Chains;
  #version = signal(0);
  #keys: KeysState | null = null;

  constructor(mine: Id, talking: ReadonlySignal<boolean>, chains: Chains) {
    this.#mine = mine;
    this.#chains = chains;
    this.#talking = talking;
    this.list = computed(() => this.#views());
    this.me = computed(() => this.list.value.find((person) => person.me) ?? null);
  }

  reset(people: Person[]): void {
    this.#persons = new Map(people.map((person) => [person.account, person]));
    this.#gone.clear();
    this.#keys = null;
    this.#changed();
  }

  get(account: Id): Person | undefined {
    return this.#persons.get(account);
  }

  rename(account: Id, name: string): void {
    const person = this.#persons.get(account);
    if (person) this.person({ ...person, name });
  }

  person(person: Person): void {
    this.#persons.set(person.account, person);
    this.#gone.delete(person.account);
    this.#changed();
  }

  keyed(account: Id, slot: number): void {
    const person = this.#persons.get(account);
    if (!person || person.slot === slot) return;
    this.#persons.set(account, { ...person, slot });
    this.#changed();
  }

  left(account: Id): void {
    const person = this.#persons.get(account);
    if (!person) return;
    this.#persons.delete(account);
    if (person.slot !== undefined) this.#gone.set(account, { person, told: false });
    this.level(account).value = 0;
    this.#changed();
  }

  // The keys have been told that somebody left: from here on their `leaving` decides.
  leftTold(account: Id): void {
    const gone = this.#gone.get(account);
    if (gone) gone.told = true;
    this.#forget();
    this.#changed();
  }

  keys(state: KeysState): void {
    this.#keys = state;
    this.#forget();
    this.#changed();
  }

  level(account: Id): Signal<number> {
    const known = this.#levels.get(account);
    if (known) return known;
    const level = signal(0);
    this.#levels.set(account, level);
    return level;
  }

  name(account: Id | null): string | null {
    if (account === null) return null;
    return (this.#persons.get(account) ?? this.#gone.get(account)?.person)?.name ?? null;
  }

  #forget(): void {
    const leaving = new Set(this.#keys?.leaving);
    for (const [account, { told }] of this.#gone) {
      if (!told || leaving.has(account)) continue;
      this.#gone.delete(account);
      this.#levels.delete(account);
    }
  }

  // What is known of somebody's chain, name or standing changed.
  touch(): void {
    this.#changed();
  }

  #changed(): void {
    this.#version.value++;
  }

  #views(): PersonView[] {
    this.#version.value; // subscribes
    const here = [...this.#persons.values()].map((person) => this.#view(person, false));
    const gone = [...this.#gone.values()].map(({ person }) => this.#view(person, true));
    return [...here, ...gone].sort((a, b) => Number(b.stage) - Number(a.stage) || a.order - b.order);
  }

  #view(person: Person, leaving: boolean): PersonView {
    const { account, name, role, club, stage, away, called, hand, order } = person;
    const me = account === this.#mine;
    const keyed = person.slot !== undefined;
    const inviters = this.#chains.inviters(account);
    const bad = this.#keys?.trouble === 'chain' && this.#keys.troubleWith === account;
    return {
      account,
      name,
      me,
      role,
      club,
      stage,
      muted: person.muted || (me && !this.#talking.value),
      away,
      leaving,
      keyed,
      called,
      hand,
      order,
      level: this.level(account),
      picture: this.#chains.picture(account),
      forged: this.#keys?.forged.includes(account) ?? false,
      unverified: this.#keys?.unverified.includes(account) ?? false,
      chain: bad ? 'bad' : inviters ? 'good' : 'checking',
      chainNames: (inviters ?? [])
        .map((one) => this.name(one) ?? this.#chains.nameOf(one))
        .filter((one) => one !== null),
    };
  }
}
