// The club of mock-app.ts, and the client that it gave.

import { signal } from '@preact/signals';
import type { HouseControls, HouseView, VersionView } from '../src/state/house-model.ts';
import type { Outcome } from '../src/state/model.ts';

const BUNDLE = '7d2fb99b2346c5a859e27dfda3882d156ad8f6abd903e0264e84c774652bbfca';
const OTHER = '1c65ab3331ed2dfaa4475796a503a9d5fe8594a6b8ff23011a0fe82e5d32ac48';

export const versionOf = (more: Partial<VersionView>): VersionView => ({
  bundle: null,
  key: null,
  since: Date.UTC(2026, 10, 3),
  past: false,
  refused: null,
  replaced: false,
  ...more,
});

/** Signed, and something else was offered. */
export const refused = (why: 'altered' | 'unsigned' | 'other_key'): VersionView =>
  versionOf({
    key: why === 'altered' ? null : OTHER,
    refused: { bundle: OTHER, why, file: why === 'altered' ? 'assets/index-x8zliWwP.js' : '' },
  });

export class MockHouse implements HouseControls {
  view: HouseView = {
    about: 'We talk on Thursdays, and whenever it rains.',
    contact: 'ines@example.org',
    since: Date.UTC(2025, 8, 4),
    members: 42,
    trace_days: 30,
    founder: { account: 'acct-xxxxxxxxxxxxxxx10', name: 'Tom Okafor' },
    admins: [{ account: 'acct-xxxxxxxxxxxxxxx17', name: 'Ada Lindqvist' }],
    others: 1,
  };
  readonly #did: (call: string) => Outcome;

  constructor(did: (call: string) => Outcome) {
    this.#did = did;
  }

  async read(): Promise<Outcome<HouseView>> {
    const outcome = this.#did('house.read');
    return outcome.ok ? { ok: true, value: this.view } : outcome;
  }

  readonly version = {
    view: signal<VersionView | null>(versionOf({})),
    watch: async (): Promise<void> => {},
    load: async (): Promise<void> => {
      const { view } = this.version;
      if (view.value) view.value = { ...view.value, bundle: BUNDLE };
    },
    takeAnyway: async (): Promise<Outcome> => this.#did('version.takeAnyway'),
  };
}
