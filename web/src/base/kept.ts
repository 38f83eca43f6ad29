// Small choices that stay in this browser. Storage may be forbidden (private windows): then they last as long as
// the page.

export function kept(key: string): string | null {
  try {
    return localStorage.getItem(`aparte.${key}`);
  } catch {
    return null;
  }
}

export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`aparte.${key}`, value);
  } catch {
    // kept for this page only
  }
}

// An object of this shape, member by member: what is missing or of another type is taken from `normal`.
export function keptObject<T extends object>(key: string, normal: T): T {
  let found: unknown = null;
  try {
    found = JSON.parse(kept(key) ?? 'null');
  } catch {
    // somebody else's, or cut off
  }
  const members = typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {};
  const entries = Object.entries(normal).map(([name, value]) => {
    const one = members[name];
    return [name, typeof one === typeof value ? one : value];
  });
  return Object.fromEntries(entries) as T;
}
