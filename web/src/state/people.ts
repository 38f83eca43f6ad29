// Who is in the room, as the screens see them. What the server says of a person and what the keys say of
// them meet here; who left stays visible as "leaving" for as long as the key they hold is in use.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Face, Id, LeftWhy, Person } from '../api/messages.ts';
import type { KeysState } from '../e2ee/types.ts';
import type { PersonView, Reaction } from './model.ts';

type ReactionOf = PersonView['reaction']['value'];

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

// Who has the role, and the club's founder and admins in every room they are in.
export const moderates = ({ role, club }: Pick<Person, 'role' | 'club'>): boolean =>
  role === 'moderator' || club !== 'member';

const MOST_DEPARTED = 32;

export class People {
  readonly list: ReadonlySignal<PersonView[]>;
  readonly me: ReadonlySignal<PersonView | null>;
  readonly departed = signal<Face[]>([]); // who left since we came, the last one first
  #mine: Id;
  #talking: ReadonlySignal<boolean>; // our own microphone is live, whatever the server says of us
  #persons = new Map<Id, Person>();
  #gone = new Map<Id, Gone>();
  #levels = new Map<Id, Signal<number>>();
  #reactions = new Map<Id, Signal<ReactionOf>>();
  #reactionCount = 0;
  #chains: Chains;
  #seen = new Map<Id, { person: Person; view: PersonView }>(); // a crowd is not looked at anew for one who arrives
  #version = signal(0);
  #keys: KeysState | null = null;
  #followed: ReadonlySet<number> = new Set(); // by their order: somebody on stage follows them

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
    this.#followed = new Set();
    this.#changed(true);
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
    this.forget(person.account);
    this.#changed();
  }

  // Of who left: they are back, or were removed.
  forget(account: Id): void {
    const rest = this.departed.value.filter((face) => face.account !== account);
    if (rest.length < this.departed.value.length) this.departed.value = rest;
  }

  followed(orders: number[]): void {
    this.#followed = new Set(orders);
    this.#changed(true);
  }

  // Every hand is down. True if ours was up.
  handsDown(): boolean {
    const mine = (this.#persons.get(this.#mine)?.hand ?? 0) > 0;
    for (const [account, person] of this.#persons)
      if (person.hand > 0) this.#persons.set(account, { ...person, hand: 0 });
    this.#changed();
    return mine;
  }

  keyed(account: Id, slot: number): void {
    const person = this.#persons.get(account);
    if (!person || person.slot === slot) return;
    this.#persons.set(account, { ...person, slot });
    this.#changed();
  }

  left(account: Id, why: LeftWhy): void {
    const person = this.#persons.get(account);
    if (!person) return;
    const went = why === 'self' || why === 'lost';
    if (went)
      this.departed.value = [{ account, name: person.name }, ...this.departed.value].slice(0, MOST_DEPARTED);
    this.#persons.delete(account);
    this.#seen.delete(account);
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
    this.#changed(true);
  }

  level(account: Id): Signal<number> {
    const known = this.#levels.get(account);
    if (known) return known;
    const level = signal(0);
    this.#levels.set(account, level);
    return level;
  }

  #reaction(account: Id): Signal<ReactionOf> {
    const known = this.#reactions.get(account);
    if (known) return known;
    const reaction = signal<ReactionOf>(null);
    this.#reactions.set(account, reaction);
    return reaction;
  }

  reacted(account: Id, reaction: Reaction | null): void {
    this.#reaction(account).value = reaction && { is: reaction, n: ++this.#reactionCount };
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
      this.#reactions.delete(account);
    }
  }

  // What is known of somebody's chain, name or standing changed.
  touch(): void {
    this.#changed(true);
  }

  // `all`: more changed than one person.
  #changed(all = false): void {
    if (all) this.#seen.clear();
    this.#version.value++;
  }

  #views(): PersonView[] {
    this.#version.value; // subscribes
    const here = [...this.#persons.values()].map((person) => this.#viewOf(person));
    const gone = [...this.#gone.values()].map(({ person }) => this.#view(person, true));
    return [...here, ...gone].sort((a, b) => Number(b.stage) - Number(a.stage) || a.order - b.order);
  }

  #viewOf(person: Person): PersonView {
    const { account } = person;
    if (account === this.#mine) return this.#view(person, false); // depends on our microphone too
    const seen = this.#seen.get(account);
    if (seen?.person === person) return seen.view;
    const view = this.#view(person, false);
    this.#seen.set(account, { person, view });
    return view;
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
      moderates: moderates(person),
      stage,
      muted: person.muted || (me && !this.#talking.value),
      away,
      leaving,
      keyed,
      called,
      hand,
      order,
      followed: !stage && this.#followed.has(order),
      level: this.level(account),
      silent: person.silent ?? false,
      reaction: this.#reaction(account),
      picture: this.#chains.picture(account),
      forged: this.#keys?.forged.includes(account) ?? false,
      unverified: this.#keys?.unverified.includes(account) ?? false,
      unmarked: this.#keys?.unmarked.includes(account) ?? false,
      chain: bad ? 'bad' : inviters ? 'good' : 'checking',
      chainNames: (inviters ?? [])
        .map((one) => this.name(one) ?? this.#chains.nameOf(one))
        .filter((one) => one !== null),
    };
  }
}
