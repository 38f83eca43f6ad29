// The club as a whole: what it says of itself, and who looks after it as far as this browser has met them. Nobody's profile
// is looked up for that: the ranks are in our copy of the member log.

import type { ReadonlySignal } from '@preact/signals';
import type { Face, Id } from '../api/messages.ts';
import type { Core } from './core.ts';
import type { HouseControls } from './house-model.ts';
import { attempt } from './outcome.ts';
import { Version } from './version.ts';

export class House implements HouseControls {
  readonly version: Version;
  readonly #core: Core;
  readonly #known: ReadonlySignal<Face[]>;

  constructor(core: Core, known: ReadonlySignal<Face[]>) {
    this.#core = core;
    this.#known = known;
    this.version = new Version(() => core.page.reload());
  }

  read: HouseControls['read'] = () =>
    attempt(async () => {
      const { book, me } = this.#core;
      const page = await this.#core.request('club.read', {});
      const knows = (account: Id): Face | undefined =>
        [...(me.value ? [me.value] : []), ...this.#known.value].find((face) => face.account === account);
      const admins = book.officers().filter((account) => book.role(account) === 'admin');
      const known = admins.flatMap((account) => knows(account) ?? []);
      const founder = book.officers().find((account) => book.role(account) === 'founder') ?? book.founder;
      return {
        ...page,
        founder: knows(founder) ?? null,
        admins: known,
        others: admins.length - known.length,
      };
    });
}
