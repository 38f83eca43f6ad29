// Text that others wrote and nobody checked on the way, made fit for a screen: what src/base/text.c refuses in a name
// is taken out here. What is left cannot reorder the page around it, hide in it, or pretend to be empty.

// Controls and line separators, bidi embeddings, overrides and isolates, private use, interlinear annotations,
// noncharacters.
const REFUSED =
  /[\p{Cc}\u2028-\u202e\u2066-\u206f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff9-\uffff\u{f0000}-\u{10ffff}]/gu;
// Zero-width marks that only serve to hide or to turn: the joiners stay, emoji and some scripts are made with them.
const HIDDEN =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u2800\u3164\ufeff\uffa0\u{e0000}-\u{e0fff}]/gu;
const MOST_MARKS = /(\p{M}{4})\p{M}+/gu; // letters under towers of accents reach into other lines
const JOINER_ALONE = /(^|\s)[\u200c\u200d]+|[\u200c\u200d]+(?=[\s\u200c\u200d]|$)/gu;

// One line, at most `most` characters; '' if nothing is left to be seen.
export function shownText(text: string, most: number): string {
  const clean = text
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/gu, ' ')
    .replace(REFUSED, '')
    .replace(HIDDEN, '')
    .replace(JOINER_ALONE, '$1')
    .replace(MOST_MARKS, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
  return Array.from(clean).slice(0, most).join('').trim();
}

export interface Piece {
  text: string;
  host: string | null; // a link, and the host that it really leads to, in ASCII
  href: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"']+/giu;
const AFTER = /[.,;:!?)\]}»”’]+$/u; // the sentence's, not the link's

// Text cut at its links, which stay text: nothing of them is fetched. The host is the one the browser would go to,
// with confusable letters of other scripts as punycode (RFC 3492).
export function linkPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const plain = (end: number): void => {
    if (end > at) pieces.push({ text: text.slice(at, end), host: null, href: '' });
  };
  for (const found of text.matchAll(LINK)) {
    const link = found[0].replace(AFTER, '');
    const url = URL.parse(link);
    if (!url || url.hostname === '' || url.username !== '' || url.password !== '') continue;
    plain(found.index);
    pieces.push({ text: link, host: url.host, href: url.href });
    at = found.index + link.length;
  }
  plain(text.length);
  return pieces;
}
