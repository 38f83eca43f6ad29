// WCAG 2.2, 1.4.3 and 1.4.11: contrast computed from the custom properties that the screens are painted with.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { faces } from '../src/ui/avatar.tsx';

type Theme = 'light' | 'dark';

const css = readFileSync(new URL('../src/style/colours.css', import.meta.url), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map((m) => [
    m[1] ?? '',
    { light: m[2] ?? '', dark: m[3] ?? '' },
  ]),
);

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function colour(name: string, theme: Theme): string {
  const found = colours.get(name);
  if (!found) throw new Error(`colours.css has no --${name}`);
  return found[theme];
}

test('the measure itself: black on white is 21, the known grey is 4.54', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each<Theme>(['light', 'dark'])('%s', (theme) => {
  test.each([
    ['ink', 'paper'],
    ['ink', 'raised'],
    ['ink', 'sunken'],
    ['ink', 'accent-wash'],
    ['soft', 'paper'],
    ['soft', 'raised'],
    ['soft', 'sunken'],
    ['soft', 'accent-wash'],
    ['soft', 'bad-wash'],
    ['accent', 'paper'],
    ['accent', 'raised'],
    ['accent', 'accent-wash'],
    ['accent-ink', 'accent'],
    ['bad', 'paper'],
    ['bad', 'raised'],
    ['bad', 'sunken'],
    ['bad', 'bad-wash'],
    ['bad-ink', 'bad'],
    ['paper', 'ink'],
  ])('text %s on %s', (text, ground) => {
    expect(contrast(colour(text, theme), colour(ground, theme))).toBeGreaterThanOrEqual(4.5);
  });

  test.each([
    ['edge', 'paper'],
    ['edge', 'raised'],
    ['accent', 'paper'],
    ['accent', 'raised'],
  ])('shape %s on %s', (shape, ground) => {
    expect(contrast(colour(shape, theme), colour(ground, theme))).toBeGreaterThanOrEqual(3);
  });
});

test.each(faces.map((f) => [...f]))('letters on a face: %s, %s, %s', (ground, shape, ink) => {
  expect(contrast(ink ?? '', ground ?? '')).toBeGreaterThanOrEqual(4.5);
  expect(contrast(ink ?? '', shape ?? '')).toBeGreaterThanOrEqual(4.5);
});
