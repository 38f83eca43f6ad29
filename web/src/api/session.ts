// The session of docs/protocol.md "Opening": every connection brings a new challenge, which a member
// answers with `hello` and a visitor with `invite.look` and `invite.redeem`. It also keeps watch over the
// member log: a server may only ever append to it.

import { passes, RequestError } from '../socket/failure.ts';
import type { Incoming, SocketState } from '../socket/socket.ts';
import type {
  Bytes64,
  ClubRole,
  Events,
  HelloClaim,
  Id,
  LogHead,
  RequestName,
  Requests,
} from './messages.ts';
import { oneByOne } from './news.ts';

// A member on this device, as far as a session needs one.
export interface Credential {
  readonly account: Id;
  readonly device: Id;
  readonly founder: Id; // the club's fingerprint, from the link that brought us here
  readonly log: LogHead; // the newest head that nobody may contradict
  hello(host: string, nonce: Bytes64): Promise<Bytes64>; // signed by the device
  heard(log: LogHead): LogVerdict; // what the server says its head is
}

export type LogVerdict = 'good' | 'log_shrunk' | 'log_forked';

export type SessionState = 'connecting' | 'offline' | 'visitor' | 'member' | 'refused';

export interface Member {
  account: Id;
  name: string;
  role: ClubRole;
  held: boolean;
  elsewhere: Id | null; // the room that the account is in on another device
  claim: HelloClaim | null;
}

export interface SessionEvents {
  state(state: SessionState): void;
  club(name: string, founder: Id | null): void; // with every challenge
  member(me: Member): void; // at every successful hello, before state('member')
  refused(code: string): void; // for good: nothing reconnects
  event(event: Incoming): void;
}

export interface Line {
  open(): void;
  close(): void;
  reconnect(): void;
  request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]>;
  tell<K extends RequestName>(name: K, members: Requests[K][0]): void;
}

type VisitorRequest = 'invite.redeem' | 'pair.open' | 'pair.accept' | 'recovery.use' | 'passkey.look';

const VERSION = 1;
const CHALLENGE_MS = 10_000;
// A fault of this connection's challenge, not of the member: once more, with a new one.
const STALE = new Set(['replayed', 'out_of_state']);

export class Session {
  #line: Line;
  #host: string;
  #events: SessionEvents;
  #credential: Credential | null = null;
  #nonce: string | null = null;
  #state: SessionState = 'connecting';
  #waiting = new Set<(nonce: string | null) => void>();
  #stale = 0;

  constructor(line: Line, host: string, events: SessionEvents) {
    this.#line = line;
    this.#host = host;
    this.#events = events;
  }

  get state(): SessionState {
    return this.#state;
  }

  // Also again, as somebody else, after a refusal.
  open(credential: Credential | null): void {
    this.#credential = credential;
    this.#nonce = null;
    this.#state = 'connecting';
    this.#line.open();
  }

  close(): void {
    this.#line.close();
    this.#settle(null);
  }

  // A visitor has become a member: open the session on the challenge at hand, or else on the next one.
  async become(credential: Credential): Promise<void> {
    this.#credential = credential;
    if (this.#nonce === null) throw RequestError.local('offline', 'no connection');
    await this.#hello(credential, this.#nonce);
  }

  // A visitor's question that is signed over this connection's challenge.
  async look<K extends 'invite.look' | 'recovery.look'>(
    name: K,
    members: (sig: Bytes64) => Requests[K][0],
    sign: (host: string, nonce: string) => Promise<Bytes64>,
  ): Promise<Requests[K][1]> {
    const nonce = await this.#challenge();
    const sig = await sign(this.#host, nonce);
    this.#still(nonce);
    return this.#line.request(name, members(sig));
  }

  async visit<K extends VisitorRequest>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    await this.#challenge();
    return this.#line.request(name, members);
  }

  async request<K extends RequestName>(name: K, members: Requests[K][0]): Promise<Requests[K][1]> {
    if (this.#state !== 'member') throw RequestError.local('offline', `${name}: no session`);
    const reply = await this.#line.request(name, members);
    if ('log' in reply) this.#watch(reply.log);
    return reply;
  }

  tell<K extends RequestName>(name: K, members: Requests[K][0]): void {
    if (this.#state === 'member') this.#line.tell(name, members);
  }

  // From the socket.
  onState(state: SocketState): void {
    if (this.#state === 'refused' || state === 'closed') return;
    if (state !== 'open') this.#nonce = null;
    this.#become(state === 'waiting' ? 'offline' : 'connecting');
  }

  // From the socket, in order.
  onEvent(event: Incoming): void {
    if (this.#state === 'refused') return;
    if (event.ev === 'challenge') this.#onChallenge(event);
    if (this.#state === 'visitor' && event.ev === 'pair.offer') this.#events.event(event);
    if (this.#state !== 'member') return;
    if (event.ev === 'log') this.#watch(event.log);
    else for (const one of event.ev === 'room.news' ? oneByOne(event) : [event]) this.#events.event(one);
  }

  #onChallenge({ nonce, club, version, founder }: Events['challenge']): void {
    if (this.#nonce !== null) return; // one per connection: a second is not a challenge of ours to answer
    if (version !== VERSION) {
      this.#refuse('unsupported');
      return;
    }
    this.#nonce = nonce;
    this.#events.club(club, founder ?? null);
    this.#settle(nonce);
    if (!this.#credential) this.#become('visitor');
    else this.#hello(this.#credential, nonce).catch(() => undefined); // told by state or refused
  }

  async #hello(credential: Credential, nonce: string): Promise<void> {
    const { account, device, log } = credential;
    try {
      const sig = await credential.hello(this.#host, nonce);
      this.#still(nonce);
      const reply = await this.#line.request('hello', { account, device, sig, log });
      if (reply.account !== account) throw RequestError.local('bad_reply', 'hello: another account');
      if (reply.founder !== credential.founder)
        throw new RequestError({ code: 'wrong_club', message: 'another founder' });
      if (!this.#watch(reply.log)) return;
      this.#stale = 0;
      const { name, role, held, elsewhere = null, claim = null } = reply;
      this.#events.member({ account, name, role, held, elsewhere, claim });
      this.#become('member');
    } catch (error) {
      const code = error instanceof RequestError ? error.code : 'internal';
      const again = passes(code) || (STALE.has(code) && this.#stale++ < 3);
      if (!again) this.#refuse(code);
      else if (this.#nonce === nonce) this.#line.reconnect();
      throw error;
    }
  }

  // A log that shrinks was rewritten, and two heads at one size are the proof of a fork.
  #watch(log: LogHead): boolean {
    const verdict = this.#credential?.heard(log) ?? 'good';
    if (verdict !== 'good') this.#refuse(verdict);
    return verdict === 'good';
  }

  // The client found out by itself that this server is not to be trusted.
  distrust(code: string): void {
    if (this.#state !== 'refused') this.#refuse(code);
  }

  #refuse(code: string): void {
    this.#become('refused');
    this.close();
    this.#events.refused(code);
  }

  // Signing took a moment: the answer to one connection's challenge must not go out on the next.
  #still(nonce: string): void {
    if (this.#nonce !== nonce) throw RequestError.local('offline', 'the connection was lost');
  }

  #challenge(): Promise<string> {
    if (this.#nonce !== null) return Promise.resolve(this.#nonce);
    return new Promise((resolve, reject) => {
      const settle = (nonce: string | null): void => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        if (nonce === null) reject(RequestError.local('offline', 'no connection'));
        else resolve(nonce);
      };
      const timer = setTimeout(() => settle(null), CHALLENGE_MS);
      this.#waiting.add(settle);
    });
  }

  #settle(nonce: string | null): void {
    for (const settle of [...this.#waiting]) settle(nonce);
  }

  #become(state: SessionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.state(state);
  }
}
