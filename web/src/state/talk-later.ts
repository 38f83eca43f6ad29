// The room's talk (talk.ts) comes in a chunk of its own, while its first sound is on the way. What happens until then
// is kept, in order.

import { type ReadonlySignal, signal } from '@preact/signals';
import type { TalkView } from './model.ts';
import type { TalkEvent, TalkPorts, TalkRoom } from './talk.ts';

export type { TalkEvent, TalkPorts };

export class TalkLater {
  readonly #view = signal<TalkView | null>(null);
  #talk: Promise<TalkRoom | null> = Promise.resolve(null);
  #begun = false;
  #closed = false;

  get view(): ReadonlySignal<TalkView | null> {
    return this.#view;
  }

  // Once per room; after a failure (no network just then) again with the next join.
  begin(ports: TalkPorts): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#talk = import('./talk.ts').then(
      ({ TalkRoom }) => {
        const talk = new TalkRoom(ports);
        if (this.#closed) talk.close();
        else this.#view.value = talk;
        return talk;
      },
      () => {
        this.#begun = false;
        return null;
      },
    );
  }

  tell(what: (talk: TalkRoom) => void): void {
    this.#talk = this.#talk.then((talk) => {
      if (talk) what(talk);
      return talk;
    });
  }

  close(): void {
    this.#closed = true;
    this.tell((talk) => talk.close());
  }
}
