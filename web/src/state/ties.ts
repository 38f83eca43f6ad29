// Whom we follow and whom we block: our own business. The server keeps both lists for us and shows them to nobody.

import { type Signal, signal } from '@preact/signals';
import type { Face, Id, Who } from '../api/messages.ts';
import type { Core } from './core.ts';
import type { Outcome, Picked, TieControls } from './model.ts';
import { attempt } from './outcome.ts';

type List = Signal<Face[] | null>;

export class Ties implements TieControls {
  readonly follows: List = signal(null);
  readonly blocks: List = signal(null);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      const { follows, blocks } = await this.#core.request('people.list', {});
      this.follows.value = follows;
      this.blocks.value = blocks;
    });
  }

  follow(face: Face, on: boolean): Promise<Outcome> {
    return this.#set('people.follow', this.follows, face, on);
  }

  block(face: Face, on: boolean): Promise<Outcome> {
    return this.#set('people.block', this.blocks, face, on);
  }

  forget(): void {
    this.follows.value = null;
    this.blocks.value = null;
  }

  #set(name: 'people.follow' | 'people.block', list: List, face: Face, on: boolean): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request(name, { account: face.account, on });
      const others = without(list.value ?? [], face.account);
      list.value = on ? [{ account: face.account, name: face.name }, ...others] : others;
    });
  }
}

const without = (faces: Face[], account: Id): Face[] => faces.filter((one) => one.account !== account);

/** Who may come to a room or an event, as a request says it. */
export function whoOf(picked: Picked): { who: Who; picked?: Id[] } {
  if (picked === null) return { who: 'everyone' };
  return picked === 'followed' ? { who: 'followed' } : { who: 'picked', picked };
}
