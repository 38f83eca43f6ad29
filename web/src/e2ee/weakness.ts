// Weakenings for tests: each must make a test of the adversary suite fail, which proves that it would notice.
export type Weakness =
  | 'no wrap ratchet'
  | 'no generation ratchet'
  | 'dirty bucket kept'
  | 'heartbeat ignored'
  | 'tags unchecked'
  | 'padding unchecked'
  | 'downgrade accepted';
