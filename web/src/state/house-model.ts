// The part of model.ts that is about the club as a whole, and about the client that it gave us.

import type { ReadonlySignal } from '@preact/signals';
import type { ClubPage, Face } from '../api/messages.ts';
import type { Refused } from '../base/shelf.ts';
import type { Outcome } from './model.ts';

export interface HouseView extends ClubPage {
  founder: Face | null; // null: somebody whom this browser has not met
  admins: Face[]; // those whom it has
  others: number; // admins whom it has not
}

// Which client this browser keeps and runs, and what the server offers in its place.
export interface VersionView {
  bundle: string | null; // its hash, computed here from every file; null until loaded
  key: string | null; // of who signed it
  since: number;
  past: boolean; // this page came straight from the server, past what is kept: a forced reload
  refused: Refused | null;
  replaced: boolean; // the service worker was exchanged, and who signs releases did not sign for it
}

export interface VersionControls {
  view: ReadonlySignal<VersionView | null>; // null: this browser keeps no copy
  watch(): Promise<void>; // once, from the start on
  load(): Promise<void>; // computes the hash
  takeAnyway(): Promise<Outcome>; // what was refused; starts again with it
}

export interface HouseControls {
  read(): Promise<Outcome<HouseView>>;
  readonly version: VersionControls;
}
