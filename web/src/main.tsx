import './style/index.css';
import { render } from 'preact';
import { createApp } from './state/app.ts';
import { startKeyboard } from './ui/keyboard.ts';
import { startPrefs } from './ui/prefs.ts';
import { Root } from './ui/root.tsx';
import { startClock } from './ui/view.ts';

const place = document.getElementById('app');
if (!place) throw new Error('index.html has no place for the app');

const app = createApp();
startPrefs();
startClock();
startKeyboard(app);
render(<Root app={app} />, place);
void app.start();
// Where it cannot be had (private windows, plain HTTP) the app works all the same, only not offline.
if (import.meta.env.PROD) navigator.serviceWorker?.register('/shell.js').catch(() => undefined);
