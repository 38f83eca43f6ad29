// Invitations: links for one person each, and what became of those one has made.

import { signal } from '@preact/signals';
import type { InviteInfo } from '../api/messages.ts';
import type { Core } from './core.ts';
import type { Outcome } from './model.ts';
import { attempt } from './outcome.ts';

export class Invites {
  readonly list = signal<{ left: number; list: InviteInfo[] } | null>(null);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  // If one of several fails, those before it stand and are given: a link that exists must not get lost.
  async make(count: number, hours: number): Promise<Outcome<string[]>> {
    const links: string[] = [];
    const outcome = await attempt(async () => {
      for (let i = 0; i < count; i++) {
        const { origin } = this.#core.page;
        const { record, link } = await this.#core.device.invite(origin, Date.now(), hours);
        await this.#core.request('log.append', { record });
        links.push(link);
      }
      return links;
    });
    if (links.length > 0) void this.load();
    return links.length > 0 ? { ok: true, value: links } : outcome;
  }

  async revoke(invite: string): Promise<Outcome> {
    const outcome = await this.#core.append((device, now) => device.revokeInvite(invite, now));
    if (outcome.ok) void this.load();
    return outcome;
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      const { left, invites } = await this.#core.request('invite.list', {});
      this.list.value = { left, list: invites.sort((a, b) => b.time - a.time) };
    });
  }
}
