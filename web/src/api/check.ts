// What decode.ts is made of: exact members, exact alphabets, bounded lengths.

import type { Face } from './messages.ts';

export type Check<T> = (value: unknown) => value is T;
export type Members<T> = {
  [K in keyof T]-?: undefined extends T[K] ? Optional<Exclude<T[K], undefined>> : Check<T[K]>;
};
export interface Optional<T> {
  optional: Check<T>;
}

export const maybe = <T>(optional: Check<T>): Optional<T> => ({ optional });

export function object<T>(members: Members<T>): Check<T> {
  const rules = Object.entries(members) as [string, Check<unknown> | Optional<unknown>][];
  const names = new Set(rules.map(([name]) => name));
  return (value): value is T => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const has = value as Record<string, unknown>;
    return (
      Object.keys(has).every((name) => names.has(name)) &&
      rules.every(([name, rule]) => {
        if (typeof rule === 'function') return Object.hasOwn(has, name) && rule(has[name]);
        return !Object.hasOwn(has, name) || rule.optional(has[name]);
      })
    );
  };
}

export function list<T>(of: Check<T>, most: number, least = 0): Check<T[]> {
  return (value): value is T[] =>
    Array.isArray(value) && value.length >= least && value.length <= most && value.every((one) => of(one));
}

export function oneOf<T extends string>(...values: T[]): Check<T> {
  return (value): value is T => values.some((one) => one === value);
}

export function integer(most: number): Check<number> {
  return (value): value is number =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

export function text(most: number): Check<string> {
  return (value): value is string => typeof value === 'string' && value.length <= most;
}

// base64url without padding. `exactly` bytes, or up to `most`.
export function base64url(bytes: { exactly: number } | { most: number }): Check<string> {
  const exact = 'exactly' in bytes;
  const length = Math.ceil(((exact ? bytes.exactly : bytes.most) * 4) / 3);
  return (value): value is string =>
    typeof value === 'string' &&
    (exact ? value.length === length : value.length <= length && value.length % 4 !== 1) &&
    /^[A-Za-z0-9_-]*$/.test(value);
}

export const bool: Check<boolean> = (value): value is boolean => typeof value === 'boolean';
export const u16 = integer(0xffff);
export const u32 = integer(0xffffffff);
export const big = integer(Number.MAX_SAFE_INTEGER);
export const id = base64url({ exactly: 16 });
export const hash = base64url({ exactly: 32 });
export const name = text(160);
export const face = object<Face>({ account: id, name });
export const club = oneOf('founder', 'admin', 'member');
export const handle: Check<string> = (value): value is string =>
  typeof value === 'string' && /^[a-z0-9_]{2,20}$/.test(value);
