// Part of model.ts: what the admin page reads and calls.

import type { ReadonlySignal } from '@preact/signals';
import type { Account, Alert, Health, OpenInvite } from '../api/admin.ts';
import type { Key } from '../api/messages.ts';
import type { Outcome } from './model.ts';

// The club and its server, for founder and admins.
export interface AdminControls {
  unread: ReadonlySignal<boolean>; // there is an alert that this browser has not shown
  alerts: ReadonlySignal<Alert[] | null>; // the newest first
  health: ReadonlySignal<Health | null>;
  invites: ReadonlySignal<{ open: number; list: OpenInvite[]; next: number | null } | null>;
  loadAlerts(): Promise<Outcome>; // and they are read
  loadHealth(): Promise<Outcome>;
  loadInvites(more?: boolean): Promise<Outcome>;
  withdraw(invite: Key): Promise<Outcome>;
  find(text: string): Promise<Outcome<Account>>; // a handle, an account id or the link of an invitation
  close(): void;
}

export { LIMITS, type LimitName, REFUSED } from '../api/admin.ts';
export type { Account, Alert, Health, OpenInvite };
