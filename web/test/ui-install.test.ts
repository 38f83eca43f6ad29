import { expect, test } from 'vitest';
import { type Here, wayOf } from '../src/ui/install-way.ts';

const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15';
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';

test.each<[string, string, Partial<Here>, string]>([
  ['an iPhone', `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) ${SAFARI}`, { fingers: 5 }, 'ios'],
  ['an iPad, which calls itself a Mac', `${MAC} ${SAFARI}`, { fingers: 5 }, 'ios'],
  ['Safari on a Mac', `${MAC} ${SAFARI}`, {}, 'mac'],
  ['Chrome on a Mac', `${MAC} ${CHROME}`, {}, 'menu'],
  ['Edge on a Mac', `${MAC} ${CHROME} Edg/142.0.0.0`, {}, 'menu'],
  ['Firefox on a Mac', 'Mozilla/5.0 (Macintosh; rv:140.0) Gecko/20100101 Firefox/140.0', {}, 'none'],
  ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', {}, 'none'],
  [
    'Firefox on Android',
    'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Firefox/140.0',
    { fingers: 5 },
    'android',
  ],
  ['Chrome on Android', `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}`, { fingers: 5 }, 'android'],
  ['Chrome on Windows', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}`, { fingers: 10 }, 'menu'],
  ['an icon on any of them', `${MAC} ${SAFARI}`, { fingers: 5, standalone: true }, 'installed'],
])('%s', (_, agent, more, way) => {
  expect(wayOf({ agent, fingers: 0, standalone: false, ...more })).toBe(way);
});
