// Which client runs here. What there is to do about it comes in a chunk of its own (shell.ts).

import { signal } from '@preact/signals';
import type { VersionControls, VersionView } from './house-model.ts';
import { failed } from './outcome.ts';

export class Version implements VersionControls {
  readonly view = signal<VersionView | null>(null);
  readonly #reload: () => void;

  constructor(reload: () => void) {
    this.#reload = reload;
  }

  watch: VersionControls['watch'] = async () => (await import('./shell.ts')).watchShell(this.view);
  load: VersionControls['load'] = async () => (await import('./shell.ts')).loadShell(this.view);

  takeAnyway: VersionControls['takeAnyway'] = async () => {
    const refused = this.view.value?.refused;
    const { takeAnyway } = await import('./shell.ts');
    if (!refused || !(await takeAnyway(refused.bundle))) return failed('out_of_state');
    this.#reload();
    return { ok: true, value: undefined };
  };
}
