// Names that look alike, whatever letters they are made of: one skeleton for all of them, after the idea of UTS 39
// section 4. It is coarser than that standard's table, for it serves a hint, and refuses nobody: case, accents, spaces
// and signs do not count, nor do i, l and 1 differ.

// Letters of other scripts, and those of our own that are no base letter with a mark, by what they are taken for.
const LIKE = new Map<string, string>();
for (const [letter, all] of Object.entries({
  a: 'аɑαΑ',
  b: 'вьЬʙβΒ',
  c: 'сϲ',
  d: 'ԁđ',
  e: 'еєεΕ',
  f: 'ƒ',
  g: 'ɡԍ',
  h: 'һнΗ',
  k: 'кκΚ',
  l: '1іӏıιłΙǀ',
  j: 'јϳ',
  m: 'мΜ',
  n: 'пηΝ',
  o: '0оοΟøօσ',
  p: 'рρΡ',
  q: 'ԛ',
  r: 'гɾ',
  s: '5ѕꜱ',
  t: 'тτΤ',
  u: 'υμս',
  v: 'νѵ',
  w: 'ԝωѡ',
  x: 'хχΧ',
  y: 'уүγΥ',
  z: '2ζΖ',
}))
  for (const one of all) LIKE.set(one, letter);

/** The same for two names that one may take for each other; '' for no name. */
export function skeleton(name: string): string {
  const letters = name.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
  const latin = Array.from(letters, (c) => LIKE.get(c) ?? LIKE.get(c.toLowerCase()) ?? c.toLowerCase()).join(
    '',
  );
  const bare = latin
    .replace(/[\p{P}\p{Z}\p{S}]/gu, '')
    .replace(/i/g, 'l')
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w');
  return bare || letters.trim();
}

const MOST_KEPT = 20_000;
const kept = new Map<string, string>(); // a crowd is looked at again and again
function keptSkeleton(name: string): string {
  let bone = kept.get(name);
  if (bone !== undefined) return bone;
  bone = skeleton(name);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(name, bone);
  return bone;
}

/** Of a list, the keys of those whose name looks like another's. */
export function alike<K>(names: Iterable<readonly [K, string]>): Set<K> {
  const first = new Map<string, K>();
  const found = new Set<K>();
  for (const [key, name] of names) {
    const bone = keptSkeleton(name);
    const before = first.get(bone);
    if (before === undefined) first.set(bone, key);
    else if (before !== key) found.add(key).add(before);
  }
  return found;
}
