import './style/index.css';
import { render } from 'preact';
import { createApp } from './state/app.ts';
import { awaitOffer } from './ui/install.ts';
import { startKeyboard } from './ui/keyboard.ts';
import { startPrefs } from './ui/prefs.ts';
import { Root } from './ui/root.tsx';
import { startClock } from './ui/view.ts';

const place = document.getElementById('app');
if (!place) throw new Error('index.html has no place for the app');

awaitOffer();
const app = createApp();
void app.start(); // meanwhile the language comes
startPrefs().then(
  () => {
    startClock();
    startKeyboard(app);
    render(<Root app={app} />, place);
    void import('./ui/background.ts').then((m) => m.startBackground(app)).catch(console.error);
  },
  () => {
    // No language came, so it is said in both.
    place.textContent =
      'Aparté could not be loaded. Please reload. · Aparté ne s’est pas chargé. Rechargez la page.';
  },
);
if (import.meta.env.PROD) void app.house.version.watch().catch(() => undefined);
