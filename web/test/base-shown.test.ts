// Text from others on a screen: what is taken out, what stays, and where links really lead.

import { expect, it } from 'vitest';
import { linkPieces, shownText } from '../src/base/shown.ts';

it.each([
  ['plain', 'Bonsoir à tous !', 'Bonsoir à tous !'],
  ['markup is text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['bidi override', 'user\u202Egnp.exe', 'usergnp.exe'],
  ['isolates and marks', '\u2066a\u2069\u200Eb\u200F\u061C', 'ab'],
  ['controls', 'a\u0000b\u0007c\u001B[31md\u009B', 'abc[31md'],
  ['lines become spaces', 'one\r\ntwo\u2028three\tfour', 'one two three four'],
  ['zero width', 'pay\u200Bpal\uFEFF\u2060\u00AD', 'paypal'],
  ['an emoji that is joined', '👩\u200D💻 ok', '👩\u200D💻 ok'],
  ['Persian keeps its joiner', 'می\u200Cخواهم', 'می\u200Cخواهم'],
  ['joiners alone', '\u200D \u200C\u200D', ''],
  ['only invisible', '\u3164\u2800\u115F\u{E0041}', ''],
  ['private use and noncharacters', 'a\uE000\uFFFF\u{F0000}b', 'ab'],
  ['half a pair', 'a\uD800b', 'ab'],
  ['towers of accents', `e${'\u0301'.repeat(50)}x`, `e${'\u0301'.repeat(4)}x`],
  ['spaces', '  a \u00A0\u2003 b  ', 'a b'],
])('%s', (_, text, shown) => {
  expect(shownText(text, 500)).toBe(shown);
});

it('ends after so many characters, not in the middle of one', () => {
  expect(shownText('🎧'.repeat(501), 500)).toBe('🎧'.repeat(500));
  expect(shownText('x'.repeat(10_000), 500).length).toBe(500);
});

it('finds links, and says where they lead', () => {
  const pieces = linkPieces('see https://example.org/a?b=1, or (http://xn--e1afmkfd.example/).');
  expect(pieces.map(({ text, host }) => [text, host])).toEqual([
    ['see ', null],
    ['https://example.org/a?b=1', 'example.org'],
    [', or (', null],
    ['http://xn--e1afmkfd.example/', 'xn--e1afmkfd.example'],
    [').', null],
  ]);
});

it('shows letters of other scripts in a host as what they are', () => {
  expect(linkPieces('https://аpple.com/')[0]?.host).toBe('xn--pple-43d.com');
});

it.each([
  'javascript:alert(1)',
  'data:text/html,<script>',
  'https://user:pass@evil.example/', // a host in front of the host
  'https://',
  'file:///etc/passwd',
  'nothttps://x',
])('takes no link from %s', (text) => {
  expect(linkPieces(text)).toEqual([{ text, host: null, href: '' }]);
});

it('cuts nothing off and keeps the order', () => {
  const text = 'a https://b.example c https://d.example/';
  expect(
    linkPieces(text)
      .map((piece) => piece.text)
      .join(''),
  ).toBe(text);
});
