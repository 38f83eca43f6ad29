// Whose voices can be trusted to be theirs: signs the tags of our own frames, checks the lists of the others
// for the worker, and keeps what it found. docs/protocol.md, "Frame tags".

import type { Bytes64, Id } from '../api/messages.ts';
import { b64, equal, unb64 } from '../base/bytes.ts';
import { verify } from '../base/sign.ts';
import { parseTags, writeTagsBody } from '../identity/keymsg.ts';
import { joinSigned } from '../identity/records.ts';
import type { People } from './people.ts';
import type { Steward } from './steward.ts';
import type { FrameEpoch, FromWorker, TagList } from './types.ts';

const KEPT = 3; // headers, as many as a receiver keeps keys of
const UNSENT = 4; // lists that wait for another try

type Mark = Extract<FromWorker, { ev: 'forged' | 'unverified' | 'unmarked' }>;

export class Voices {
  readonly #stages = new Map<number, FrameEpoch['senders']>(); // by counter, the newest last
  readonly #marks = new Map<string, { ev: Mark['ev']; counter: number; account: Id }>();
  #unsent: TagList[] = [];

  installed({ counter, senders }: FrameEpoch): void {
    this.#stages.set(counter, senders);
    for (const old of this.#stages.keys()) if (this.#stages.size > KEPT) this.#stages.delete(old);
    for (const [key, mark] of this.#marks) if (!this.#stages.has(mark.counter)) this.#marks.delete(key);
  }

  // Whether a voice is marked is true of the person, whatever the header: the newest word counts.
  mark(event: Mark): void {
    const { ev, counter, index } = event;
    const account = this.#sender(counter, index);
    const key = ev === 'unmarked' ? `${ev} ${account}` : `${ev} ${counter} ${index}`;
    if (ev !== 'forged' && !event.is) this.#marks.delete(key);
    else if (account) this.#marks.set(key, { ev, counter, account });
  }

  named(ev: Mark['ev']): Id[] {
    const accounts = Array.from(this.#marks.values(), (mark) => (mark.ev === ev ? mark.account : ''));
    return [...new Set(accounts)].filter((account) => account !== '');
  }

  // Null: not a list that its sender signed. Then nothing covers the frames, and that shows.
  async check(steward: Steward, people: People, from: Id, text: Bytes64): Promise<TagList | null> {
    const bytes = unb64(text);
    const list = bytes && parseTags(bytes);
    if (!list || !equal(list.room, steward.room)) return null;
    if (this.#sender(list.counter, list.index) !== from) return null;
    const one = people.get(from);
    const proof = one && people.proof(one.key, from);
    if (!proof || !(await verify(proof.deviceKey, 'tags', list.body, list.sigs[0] ?? new Uint8Array(0))))
      return null;
    const { counter, index, first, tags } = list;
    return { counter, index, first, tags };
  }

  // Our own lists, signed, with those that could not be sent before.
  async sign({ room, sign }: Steward, lists: TagList[]): Promise<{ list: TagList; data: Bytes64 }[]> {
    const all = [...this.#unsent, ...lists];
    this.#unsent = [];
    return Promise.all(
      all.map(async (list) => {
        const body = writeTagsBody({ room, ...list });
        return { list, data: b64(joinSigned(body, await sign('tags', body))) };
      }),
    );
  }

  unsent(list: TagList): void {
    if (this.#unsent.length < UNSENT && this.#stages.has(list.counter)) this.#unsent.push(list);
  }

  #sender(counter: number, index: number): Id | null {
    return this.#stages.get(counter)?.find((sender) => sender.index === index)?.account ?? null;
  }
}
