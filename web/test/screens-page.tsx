// Shows one scene of the mock app: /screens.html?hall, or in a language that nobody speaks: /screens.html?hall&pseudo. Never part of the client that is shipped.

import '../src/style/index.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { spoken, t } from '../src/i18n/translate.ts';
import { startBackground } from '../src/ui/background.ts';
import { awaitOffer } from '../src/ui/install.ts';
import { startKeyboard } from '../src/ui/keyboard.ts';
import { startPrefs } from '../src/ui/prefs.ts';
import { Root } from '../src/ui/root.tsx';
import { openSheet, startClock } from '../src/ui/view.ts';
import { MockApp } from './mock-app.ts';
import { pseudo } from './pseudo.ts';
import { scenes } from './scenes.ts';
import { type SheetScene, sheets } from './sheets.ts';

awaitOffer();
const app = new MockApp();
Object.assign(window, { mock: app });
await startPrefs();
const [scene = '', pseudoLocale] = location.search.slice(1).split('&');
const made = new WeakSet<object>();
if (pseudoLocale)
  effect(() => {
    const now = spoken.value; // again when the texts of later parts have come
    if (!now || made.has(now.texts)) return;
    const texts = pseudo(now.texts);
    made.add(texts);
    spoken.value = { language: 'en', texts };
  });
startClock();
startKeyboard(app);
const sheet = sheets[scene];
scenes[sheet?.over ?? scene]?.(app);
sheet?.set?.(app);
const place = document.getElementById('app');
if (place) render(<Root app={app} />, place);
startBackground(app);
if (sheet) await lay(sheet);
document.documentElement.dataset.shown = '';

/** Over the screen, once that has settled: a new screen closes the sheets of the one before. */
async function lay({ at, press = [] }: SheetScene): Promise<void> {
  await new Promise((done) => setTimeout(done, 100));
  if (at) openSheet(at);
  await until(() => document.querySelector('dialog[open] h2'));
  for (const [key, params] of press) {
    const button = await until(() =>
      [
        ...document.querySelectorAll<HTMLElement>('dialog button, dialog summary, dialog .option strong'),
      ].find((one) => one.textContent?.trim() === t(key, params)),
    );
    button.click();
  }
  await new Promise((done) => setTimeout(done, 50));
}

async function until<T>(look: () => T | null | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = look();
    if (found) return found;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error(`not there: ${look}`);
}
