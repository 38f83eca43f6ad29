// The consent to record, docs/protocol.md "Talk": who asks, who has agreed, and whether it may run. Sans-I/O; the
// asker's client records only while everybody on stage has agreed, and everybody's client shows what it was told.

import type { Id } from '../api/messages.ts';
import type { Content, RecordingState } from '../e2ee/talk.ts';
import type { RecordingView } from './model.ts';

const BEAT_MS = 5_000;
const OVER_MS = 15_000; // without a word of the one who records
const HEARD_MS = 3_000; // a yes that was taken back is heard of by then

export interface OnStage {
  account: Id;
  name: string;
}

export interface RecordingPorts {
  me: Id;
  now(): number;
  newId(): Id;
  stage(): OnStage[];
  nameOf(account: Id): string;
  send(content: Content): Promise<boolean>; // false: not sent
  start(): void; // or goes on
  pause(): void;
  finish(): void; // hands over what was recorded
  tone(up: boolean): void; // it runs, it does not run any more: for everybody to hear
  changed(view: RecordingView | null): void;
}

interface Current {
  by: Id;
  recording: Id;
  state: RecordingState;
  agreed: Set<Id>;
  heardAt: number;
}

export class Recording {
  readonly #ports: RecordingPorts;
  #current: Current | null = null;
  #answer: boolean | null = null; // ours, to the current one
  #answeredAt = 0;
  #saidAt = 0; // our last beat

  constructor(ports: RecordingPorts) {
    this.#ports = ports;
  }

  get busy(): boolean {
    return this.#current !== null;
  }

  // False: we are not on stage, or somebody else's stands already.
  ask(): boolean {
    const { me } = this.#ports;
    if (this.#current || !this.#onStage(me)) return false;
    const now = this.#ports.now();
    this.#answer = true;
    this.#current = {
      by: me,
      recording: this.#ports.newId(),
      state: 'asking',
      agreed: new Set([me]),
      heardAt: now,
    };
    this.#settle(true);
    return true;
  }

  answer(yes: boolean): void {
    const current = this.#current;
    if (!current) return;
    if (current.by === this.#ports.me) {
      if (!yes) this.stop();
      return;
    }
    this.#answer = yes;
    this.#answeredAt = this.#ports.now();
    void this.#ports.send({ kind: 'answer', recording: current.recording, yes });
    this.#show();
  }

  // Our own.
  stop(): void {
    const current = this.#current;
    if (current?.by !== this.#ports.me) return;
    void this.#ports.send({ kind: 'recording', recording: current.recording, state: 'over', agreed: [] });
    this.#over();
  }

  // From somebody else, opened and checked.
  on(account: Id, content: Extract<Content, { kind: 'recording' | 'answer' }>): void {
    if (content.kind === 'answer') this.#onAnswer(account, content.recording, content.yes);
    else this.#onBeat(account, content.recording, content.state, content.agreed);
  }

  // Who is on stage may have changed.
  stageChanged(): void {
    const current = this.#current;
    if (!current) return;
    if (!this.#onStage(this.#ports.me)) this.#forgetAnswer(current);
    if (current.by === this.#ports.me && !this.#onStage(current.by)) this.stop();
    else if (current.by === this.#ports.me) this.#settle(false);
    else this.#show();
  }

  // Once a second.
  tick(): void {
    const current = this.#current;
    const now = this.#ports.now();
    if (!current) return;
    if (current.by === this.#ports.me) {
      if (now - this.#saidAt >= BEAT_MS) this.#settle(true);
    } else if (now - current.heardAt >= OVER_MS || !this.#onStage(current.by)) this.#over();
  }

  // The room is over for us: what we recorded until now is ours to keep, with the consent that it was made with.
  close(): void {
    const current = this.#current;
    this.#current = null;
    if (current?.by === this.#ports.me) this.#ports.finish();
  }

  // Consent is to be given again by who comes back to the stage. Our own recording ends with our time there.
  #forgetAnswer(current: Current): void {
    if (current.by !== this.#ports.me) this.#answer = null;
  }

  #onAnswer(account: Id, recording: Id, yes: boolean): void {
    const current = this.#current;
    if (current?.recording !== recording || current.by !== this.#ports.me) return;
    if (!this.#onStage(account)) return;
    if (yes) current.agreed.add(account);
    if (yes) this.#settle(true);
    else this.stop();
  }

  #onBeat(account: Id, recording: Id, state: RecordingState, agreed: Id[]): void {
    const current = this.#current;
    const same = current?.recording === recording && current.by === account;
    if (state === 'over') {
      if (same) this.#over();
      return;
    }
    if (!this.#onStage(account)) return;
    if (current && !same) {
      if (!first(account, state, current)) return;
      if (current.by === this.#ports.me) this.stop();
    }
    if (!same) this.#answer = null;
    const ran = same && current?.state === 'running';
    this.#current = { by: account, recording, state, agreed: new Set(agreed), heardAt: this.#ports.now() };
    if (ran !== (state === 'running')) this.#ports.tone(state === 'running');
    this.#repeat(this.#current);
    this.#show();
  }

  // An answer that was lost on its way.
  #repeat({ recording, agreed }: Current): void {
    const [yes, { me }] = [this.#answer, this.#ports];
    if (yes !== null && this.#onStage(me) && agreed.has(me) !== yes)
      void this.#ports.send({ kind: 'answer', recording, yes });
  }

  // As the asker: what may be, is; and who should know is told.
  #settle(say: boolean): void {
    const current = this.#current;
    if (!current) return;
    const stage = this.#ports.stage().map(({ account }) => account);
    for (const one of current.agreed) if (!stage.includes(one)) current.agreed.delete(one);
    const all = stage.every((account) => current.agreed.has(account));
    const before = current.state;
    if (all) current.state = 'running';
    else if (before === 'running') current.state = 'paused';
    if (before !== 'running' && all) this.#ports.start();
    if (before === 'running' && !all) this.#ports.pause();
    if (before !== current.state && (all || before === 'running')) this.#ports.tone(all);
    if (say || before !== current.state) this.#say(current);
    this.#show();
  }

  #say({ recording, state, agreed }: Current): void {
    this.#saidAt = this.#ports.now();
    this.#ports.send({ kind: 'recording', recording, state, agreed: [...agreed] }).then((sent) => {
      if (!sent) this.#saidAt = Number.NEGATIVE_INFINITY; // again with the next tick
    });
  }

  #over(): void {
    const current = this.#current;
    this.#current = null;
    this.#answer = null;
    if (current?.state === 'running') this.#ports.tone(false);
    if (current?.by === this.#ports.me) this.#ports.finish();
    this.#show();
  }

  #onStage(account: Id): boolean {
    return this.#ports.stage().some((one) => one.account === account);
  }

  #show(): void {
    const current = this.#current;
    this.#ports.changed(current && current.state !== 'over' ? this.#look(current, current.state) : null);
  }

  #look({ by, agreed }: Current, state: RecordingView['state']): RecordingView {
    const { me } = this.#ports;
    const here = this.#onStage(me);
    return {
      by,
      name: this.#ports.nameOf(by),
      mine: by === me,
      state,
      waiting: this.#ports
        .stage()
        .filter(({ account }) => !agreed.has(account))
        .map(({ name }) => name),
      asked: here && this.#answer === null,
      agreed: here && this.#answer === true,
      wronged: this.#answer !== true && agreed.has(me) && this.#ports.now() - this.#answeredAt > HEARD_MS,
    };
  }
}

// Two who ask at the same moment: one that runs stands, else everybody takes the same one.
const first = (by: Id, state: RecordingState, than: { by: Id; state: RecordingState }): boolean =>
  than.state === 'asking' && (state !== 'asking' || by < than.by);
