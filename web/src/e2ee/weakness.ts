// Weakenings for tests: each must make a test of the adversary suite or an abuse case fail, which proves that it
// would notice.
import type { BundleWeakness } from '../base/bundle.ts';

export type Weakness =
  | BundleWeakness
  | 'no wrap ratchet'
  | 'no generation ratchet'
  | 'dirty bucket kept'
  | 'heartbeat ignored'
  | 'tags unchecked'
  | 'padding unchecked'
  | 'downgrade accepted'
  | 'roster unchecked'
  | 'leaf unchecked'
  | 'plain frames'
  | 'padding left out'
  | 'silence left out'
  | 'level left in'
  | 'wraps in the clear';
