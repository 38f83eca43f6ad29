// Who is in the room, as the server told us, and what of it is proven: every leaf must be signed by the
// device at the end of a chain that starts at our founder. Also: who may act as steward, and in what order.

import type { Bytes64, Id, LeftWhy, Person, Requests } from '../api/messages.ts';
import { type Bytes, b64, equal, unb64 } from '../base/bytes.ts';
import { sha256, verify } from '../base/sign.ts';
import type { ChainBook } from '../identity/chain.ts';
import { parseLeaf, type Suite } from '../identity/keymsg.ts';
import type { Recipient } from './hpke.ts';
import type { Entry } from './roster.ts';
import type { KeysPorts, KeysTrouble } from './types.ts';
import type { Weakness } from './weakness.ts';

export const AT_ONCE = 64; // LIMIT_CHAIN_ACCOUNTS of the server

export interface Proof {
  account: Id;
  hpkeKey: Bytes;
  kemHash: Bytes;
  kem: Bytes | null; // the encapsulation key behind kemHash, once a steward asked for it
  deviceKey: Bytes;
}

export interface Fault {
  trouble: KeysTrouble;
  who: Id | null;
}

export interface Present {
  person: Person;
  leaf: Bytes; // hash
  key: string; // the hash as text
  suite: Suite; // what the leaf says; 1 if it says nothing
}

export interface Gone {
  account: Id;
  why: LeftWhy | undefined;
}

export class People {
  trace: Bytes = new Uint8Array(32); // what the server has committed to for tracing; zeros: nothing
  readonly #room: Bytes;
  readonly #book: ChainBook;
  readonly #ports: Pick<KeysPorts, 'kems'>;
  readonly #weakness: Weakness | null;
  readonly #present = new Map<Id, Present>();
  readonly #byLeaf = new Map<string, Id>();
  readonly #gone = new Map<string, Gone>(); // by leaf: gone, but perhaps still in the key list
  readonly #proofs = new Map<string, Proof | Fault>(); // by leaf and account: a leaf proves nothing for others
  readonly #faults = new Map<string, string>(); // of these the faults: id -> leaf
  #notable: Present[] | null = null; // stewards, and who is on stage: few of many

  constructor(room: Bytes, book: ChainBook, ports: Pick<KeysPorts, 'kems'>, weakness: Weakness | null) {
    this.#room = room;
    this.#book = book;
    this.#ports = ports;
    this.#weakness = weakness;
  }

  get size(): number {
    return this.#present.size;
  }

  all(): Iterable<Present> {
    return this.#present.values();
  }

  get(account: Id): Present | null {
    return this.#present.get(account) ?? null;
  }

  ofLeaf(leaf: string): Present | null {
    const account = this.#byLeaf.get(leaf);
    return account === undefined ? null : this.get(account);
  }

  // The person a slot was given to, if they are still here with the same leaf. Somebody else who shows that
  // leaf is not that person.
  holder({ account, key }: Entry): Present | null {
    const one = account === null ? null : this.get(account);
    return one?.key === key ? one : null;
  }

  gone(leaf: string): Gone | null {
    return this.#gone.get(leaf) ?? null;
  }

  // A new leaf of somebody present means that they left and came back.
  async put(person: Person): Promise<Present> {
    const bytes = unb64(person.leaf) ?? new Uint8Array(0);
    const leaf = await sha256(bytes);
    const one: Present = { person, leaf, key: b64(leaf), suite: parseLeaf(bytes)?.suite ?? 1 };
    const before = this.#present.get(person.account);
    if (notable(person) || (before && notable(before.person))) this.#notable = null;
    if (before && before.key !== one.key) this.drop(person.account, 'elsewhere');
    this.#present.set(person.account, one);
    if (!this.ofLeaf(one.key)) this.#byLeaf.set(one.key, person.account);
    if (this.#gone.get(one.key)?.account === person.account) this.#gone.delete(one.key);
    return one;
  }

  // Hashing does not wait for one another here: a newcomer gets thousands at once.
  async joined({ people, trace }: Pick<Requests['room.join'][1], 'people' | 'trace'>): Promise<void> {
    this.trace = unb64(trace ?? '', 32) ?? new Uint8Array(32);
    await Promise.all(people.map((person) => this.put(person)));
  }

  // Those whose word counts first: who may act as steward, and who is on stage.
  front(): Present[] {
    const eligible = new Set(this.stewards(null).map(({ account }) => account));
    return this.#few().filter(({ person }) => person.stage || eligible.has(person.account));
  }

  #few(): Present[] {
    this.#notable ??= Array.from(this.#present.values()).filter(({ person }) => notable(person));
    return this.#notable;
  }

  drop(account: Id, why: LeftWhy | undefined): Present | null {
    const one = this.#present.get(account);
    if (!one) return null;
    if (notable(one.person)) this.#notable = null;
    this.#present.delete(account);
    if (this.#byLeaf.get(one.key) === account) this.#byLeaf.delete(one.key);
    if (!this.#gone.has(one.key)) this.#gone.set(one.key, { account, why });
    else if (this.#gone.get(one.key)?.account !== account) this.#forget(one.key, account);
    return one;
  }

  // Leaves of people who are not here any more, or not with that leaf.
  left(): IterableIterator<[string, Gone]> {
    return this.#gone.entries();
  }

  // Forgets leaves that are neither in the room nor in the key list.
  prune(kept: (leaf: string) => boolean): void {
    for (const [leaf, { account }] of this.#gone) {
      if (kept(leaf)) continue;
      this.#gone.delete(leaf);
      this.#forget(leaf, account);
    }
  }

  #forget(leaf: string, account: Id): void {
    this.#proofs.delete(`${leaf} ${account}`);
    this.#faults.delete(`${leaf} ${account}`);
  }

  #fail(leaf: string, fault: Fault): void {
    this.#proofs.set(`${leaf} ${fault.who}`, fault);
    this.#faults.set(`${leaf} ${fault.who}`, leaf);
  }

  // Leaves that some account claims and that are not proven for it.
  bad(): { leaf: string; fault: Fault }[] {
    return Array.from(this.#faults, ([id, leaf]) => ({ leaf, fault: this.#proofs.get(id) as Fault }));
  }

  proof(leaf: string, account: Id | null): Proof | null {
    const proof = this.#proofs.get(`${leaf} ${account}`);
    return proof && 'hpkeKey' in proof ? proof : null;
  }

  // Of somebody present, once their leaf and chain are proven.
  deviceKey(account: Id): Bytes | null {
    const one = this.get(account);
    return (one && this.proof(one.key, account)?.deviceKey) ?? null;
  }

  fault(leaf: string, account: Id | null): Fault | null {
    const proof = this.#proofs.get(`${leaf} ${account}`);
    return proof && 'trouble' in proof ? proof : null;
  }

  // What to seal to, once it is proven and complete.
  recipient(leaf: string, account: Id | null, suite: Suite): Recipient | null {
    const proof = this.proof(leaf, account);
    if (!proof || (suite === 2 && !proof.kem)) return null;
    return { publicKey: proof.hpkeKey, kem: suite === 2 ? proof.kem : null };
  }

  // Gets the encapsulation keys of those whose leaf is proven. Another key than the leaf's is a fault.
  async fetchKems(people: Iterable<Present>): Promise<void> {
    const open = [...people].filter(({ key, person }) => this.proof(key, person.account)?.kem === null);
    for (let i = 0; i < open.length; i += AT_ONCE) {
      const some = open.slice(i, i + AT_ONCE);
      const kems = await this.#ports.kems(some.map(({ person }) => person.account));
      for (const { key, person } of some) {
        const proof = this.proof(key, person.account);
        const kem = unb64(kems.get(person.account) ?? '');
        if (!proof || !kem || kem.length === 0) continue; // has just left
        if (equal(await sha256(kem), proof.kemHash)) proof.kem = kem;
        else this.#fail(key, { trouble: 'signature', who: person.account });
      }
    }
  }

  // Whether a header's head of the member log is ours too. Behind: it names records that cannot be had now.
  async log(
    header: { logSize: number; logHead: Bytes },
    carrier: Bytes64,
  ): Promise<'same' | 'behind' | 'fork'> {
    const head = { size: header.logSize, head: b64(header.logHead) };
    const before = this.#book.check(head, carrier);
    if (before !== 'behind') return before;
    await this.#book.catchUp();
    return this.#book.check(head, carrier);
  }

  // Tries to prove each of them. Afterwards proof() or fault() has an answer; neither: the server did not
  // give the chain, perhaps because the person has just left.
  async prove(people: Iterable<Present>): Promise<void> {
    const open = [...people].filter(({ key, person }) => !this.#proofs.has(`${key} ${person.account}`));
    if (open.length === 0) return;
    try {
      await this.#book.prove(open.map(({ person }) => person));
    } catch {
      // Out of reach for now: what the book knew before still counts.
    }
    await Promise.all(
      open.map(async (one) => {
        const proof = await this.#proveOne(one);
        if (proof && 'trouble' in proof) this.#fail(one.key, proof);
        else if (proof) this.#proofs.set(`${one.key} ${one.person.account}`, proof);
      }),
    );
  }

  // Size of the member log that proofs were made against.
  get logSize(): number {
    return this.#book.head.size;
  }

  // Those whose proof holds no more, by what the log says now: thrown out of the club, or their device was.
  recheck(): void {
    for (const [id, proof] of this.#proofs) {
      const one = this.#present.get('account' in proof ? proof.account : '');
      if (!one || !id.startsWith(one.key)) continue;
      const { account, device } = one.person;
      if (this.#book.refused(account, device)) this.#fail(one.key, { trouble: 'chain', who: account });
    }
  }

  async #proveOne({ person, key }: Present): Promise<Proof | Fault | null> {
    const { account, device } = person;
    const chain = this.#book.get(account, device);
    if (!chain) return this.#book.refused(account, device) ? { trouble: 'chain', who: account } : null;
    const bytes = unb64(person.leaf);
    const leaf = bytes && parseLeaf(bytes);
    const badLeaf: Fault = { trouble: 'signature', who: account };
    if (!leaf || b64(await sha256(bytes)) !== key || !equal(leaf.room, this.#room)) return badLeaf;
    if (b64(leaf.account) !== account || b64(leaf.device) !== device) return badLeaf;
    if (!equal(leaf.chain, chain.hash)) return { trouble: 'chain', who: account };
    if ((leaf.role === 1) !== (chain.role === 'founder')) return { trouble: 'chain', who: account };
    const signed = await verify(chain.deviceKey, 'leaf', leaf.body, leaf.sigs[0] as Bytes);
    if (!signed && this.#weakness !== 'leaf unchecked') return badLeaf;
    const { hpkeKey, kem: kemHash } = leaf;
    return { account, hpkeKey, kemHash, kem: null, deviceKey: chain.deviceKey };
  }

  // Eligible stewards, in the order in which they act: docs/protocol.md, "Who acts".
  stewards(signer: Id | null): Person[] {
    const people = this.#few().map(({ person }) => person);
    const byOrder = (a: Person, b: Person): number => a.order - b.order;
    const moderators = people
      .filter(({ role, club }) => role === 'moderator' || club !== 'member')
      .sort(byOrder)
      .slice(0, 5);
    const eligible =
      moderators.length > 0
        ? moderators
        : people
            .filter(({ stage }) => stage)
            .sort(byOrder)
            .slice(0, 1);
    const rank = (p: Person): number => (p.away ? 2 : p.account === signer ? 0 : 1);
    return eligible.sort((a, b) => rank(a) - rank(b) || byOrder(a, b));
  }
}

const notable = ({ stage, role, club }: Person): boolean =>
  stage || role === 'moderator' || club !== 'member';
