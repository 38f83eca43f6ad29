// A34: a listener records with the operating system. Nothing can prevent that; the screens have to say so.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const web = new URL('../../web/src/', import.meta.url);
const source = (folder: string) =>
  readdirSync(new URL(`${folder}/`, web))
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, web), 'utf8'))
    .join('\n');

/** Whether the text of a key says that a listener could record. */
function admits(lang: 'en' | 'fr', key: string): boolean {
  const files = readdirSync(new URL('i18n/', web)).filter(
    (name) => name.startsWith(`${lang}.`) || name.startsWith(`${lang}-`),
  );
  const all = files.map((name) => readFileSync(new URL(`i18n/${name}`, web), 'utf8')).join('\n');
  const [, text] = new RegExp(`'${key}':\\s*(.+?),\\n`).exec(all) ?? [];
  return /listener could still record|auditeur peut toutefois enregistrer/.test(text ?? '');
}

const claims = (all: string): string[] =>
  all.match(/screenshots? (are|is) (blocked|impossible)|cannot be recorded|ne peut pas être enregistré/gi) ??
  [];

test('at the first entry and at the lock of every room it says that a listener could record', () => {
  const ui = source('ui');
  for (const key of ['invite.promise_record_text', 'lock.honest']) {
    expect(ui, `${key} is shown`).toContain(key);
    for (const lang of ['en', 'fr'] as const) expect(admits(lang, key), `${key} in ${lang}`).toBe(true);
  }
  expect(admits('en', 'invite.promise_nothing_text'), 'control: another text does not').toBe(false);
});

test('and nothing claims more than is true', () => {
  expect(claims('Screenshots are blocked here.'), 'control: such a claim is found').toHaveLength(1);
  expect(claims(source('i18n'))).toEqual([]);
});
