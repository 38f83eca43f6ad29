// Whom this browser has met: kept in the vault, so that one can find and pick them.

import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Face, Id } from '../api/messages.ts';
import type { Core } from './core.ts';

export class Known {
  readonly faces: ReadonlySignal<Face[]>; // without ourselves
  #met: Signal<ReadonlyMap<Id, Face>> = signal(new Map());
  #core: Core;

  constructor(core: Core) {
    this.#core = core;
    this.faces = computed(() =>
      [...this.#met.value.values()].filter(({ account }) => account !== core.me.value?.account),
    );
  }

  async load(): Promise<void> {
    const faces = (await this.#core.vault?.met()) ?? [];
    this.#met.value = new Map(faces.map((face) => [face.account, face]));
  }

  nameOf(account: Id): string | null {
    return this.#met.value.get(account)?.name ?? null;
  }

  met(people: Face[]): void {
    const news = people.filter(({ account, name }) => {
      return account !== this.#core.me.value?.account && this.#met.value.get(account)?.name !== name;
    });
    if (news.length === 0) return;
    const faces = news.map(({ account, name }): [Id, Face] => [account, { account, name }]);
    this.#met.value = new Map([...this.#met.value, ...faces]);
    void this.#core.vault?.saveMet(faces.map(([, face]) => face)).catch(console.error);
  }

  forget(): void {
    this.#met.value = new Map();
  }
}
