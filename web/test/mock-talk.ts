// The talk of a room without a server: what one says is there at once.

import { type Signal, signal } from '@preact/signals';
import type { Face, Outcome, TalkLine, TalkView } from '../src/state/model.ts';

export class MockTalk implements TalkView {
  readonly lines: Signal<TalkLine[]> = signal([]);
  readonly unread = signal(false);
  readonly pin = signal('');
  readonly recording: Signal<TalkView['recording']['value']> = signal(null);
  readonly #did: (call: string) => Outcome;
  readonly #faces: Face[]; // the first is ours

  constructor(faces: Face[], did: (call: string) => Outcome) {
    this.#faces = faces;
    this.#did = did;
  }

  line(i: number, text: string, more: Partial<TalkLine> = {}): void {
    const id = `line-${this.lines.value.length}`;
    const mine = i === 0;
    const { account: author, name } = this.#faces[i] ?? { account: '', name: '' };
    const line = { id, author, name, mine, text, time: Date.now() };
    this.lines.value = [
      ...this.lines.value,
      { ...line, state: 'sent', why: null, removed: null, removable: mine, ...more },
    ];
  }

  reading(shown: boolean): void {
    if (shown) this.unread.value = false;
  }

  async say(text: string): Promise<Outcome> {
    const outcome = this.#did(`say ${text}`);
    this.line(0, text, outcome.ok ? {} : { state: 'unsent', why: outcome.code, removable: false });
    return outcome;
  }

  #change(id: string, more: Partial<TalkLine>): void {
    this.lines.value = this.lines.value.map((line) => (line.id === id ? { ...line, ...more } : line));
  }

  async retry(id: string): Promise<Outcome> {
    this.#change(id, { state: 'sent', why: null });
    return this.#did(`retry ${id}`);
  }

  drop(id: string): void {
    this.lines.value = this.lines.value.filter((line) => line.id !== id);
  }

  async remove(id: string): Promise<Outcome> {
    this.#change(id, { text: '', removed: 'author', removable: false });
    return this.#did(`remove ${id}`);
  }

  react = async (reaction: string): Promise<Outcome> => this.#did(`react ${reaction}`);

  async pinLine(text: string): Promise<Outcome> {
    this.pin.value = text;
    return this.#did(`pin ${text}`);
  }

  silence = async (account: string, silent: boolean): Promise<Outcome> =>
    this.#did(`silence ${account} ${silent}`);
  askToRecord = async (): Promise<Outcome> => this.#did('askToRecord');
  answerRecording = async (yes: boolean): Promise<Outcome> => this.#did(`answerRecording ${yes}`);
  stopRecording(): void {
    this.#did('stopRecording');
  }
}
