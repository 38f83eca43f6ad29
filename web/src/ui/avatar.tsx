// A face made from the account id: the same everywhere, and nothing is fetched for it.

import type { JSX } from 'preact';
import type { Id } from '../state/model.ts';
import { initials } from './people.ts';

// Ground, shape and letters; every pair of ground or shape with its letters has a contrast above 4.5:1.
export const faces = [
  ['#f3c6a5', '#eaa981', '#4a2412'],
  ['#c9d8b6', '#adc492', '#26361a'],
  ['#bcd3e6', '#9bbbd6', '#17324a'],
  ['#e6c3d3', '#d6a3bb', '#4a1931'],
  ['#f0d98f', '#e2c365', '#43340a'],
  ['#cfc6ea', '#b5a8dc', '#2d2257'],
  ['#b9ddd3', '#93c7b9', '#123c33'],
  ['#efb9ae', '#e29a8c', '#501c14'],
  ['#d8cbb8', '#c3b298', '#3a2e1c'],
  ['#b3c7b0', '#95b091', '#1d3320'],
  ['#c2cdf5', '#a3b3ec', '#1f2c66'],
  ['#e9c99a', '#d9b077', '#452d08'],
] as const;

/** A small stable number from an id (FNV-1a): not a secret, only a choice of looks. */
export function seedOf(id: Id): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

export function Avatar({
  account,
  name,
  picture,
}: {
  account: Id;
  name: string;
  picture?: string | null | undefined;
}): JSX.Element {
  if (picture) return <img class="avatar" src={picture} alt="" />;
  const seed = seedOf(account);
  const [ground, shape, ink] = faces[seed % faces.length] ?? faces[0];
  const turn = (seed >>> 8) % 360;
  const far = 18 + ((seed >>> 17) % 14);
  const round = (seed >>> 22) % 3;
  return (
    <svg class="avatar" viewBox="0 0 80 80" aria-hidden="true" focusable="false">
      <rect width="80" height="80" fill={ground} />
      <g transform={`rotate(${turn} 40 40)`} fill={shape}>
        {round === 0 && <circle cx="40" cy={40 + far} r="34" />}
        {round === 1 && <rect x="-20" y={26 + far} width="120" height="80" />}
        {round === 2 && <path d={`M-20 ${20 + far}Q40 ${-6 + far} 100 ${20 + far}V120H-20z`} />}
      </g>
      <text x="40" y="41" fill={ink} text-anchor="middle" dominant-baseline="central">
        {initials(name)}
      </text>
    </svg>
  );
}
