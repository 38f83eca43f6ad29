// Shows one scene of the mock app: /screens.html?hall. Never part of the client that is shipped.

import '../src/style/index.css';
import { render } from 'preact';
import { startKeyboard } from '../src/ui/keyboard.ts';
import { startPrefs } from '../src/ui/prefs.ts';
import { Root } from '../src/ui/root.tsx';
import { startClock } from '../src/ui/view.ts';
import { MockApp } from './mock-app.ts';
import { scenes } from './scenes.ts';

const app = new MockApp();
Object.assign(window, { mock: app });
startPrefs();
startClock();
startKeyboard(app);
scenes[location.search.slice(1)]?.(app);
const place = document.getElementById('app');
if (place) render(<Root app={app} />, place);
