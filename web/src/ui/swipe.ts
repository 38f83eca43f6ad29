// The room under a finger: drawn down it becomes the mini-bar, and the mini-bar drawn up is the room again. What buttons
// do too (WCAG 2.5.7), for touch alone. Loaded after the first screen.

import '../style/swipe.css';
import { computed, effect } from '@preact/signals';
import type { App } from '../state/model.ts';

const SLOP = 4; // CSS pixels, as all lengths here: less is a tap
const MINI_FAR = 40; // how far the mini-bar is drawn before it lets go
const ROOM_FAR = 0.25; // of the height of the window
const FAST = 0.5; // a pixel per millisecond and more is a throw
const STALE_MS = 100; // a finger that rested so long throws nothing
const SLIDE_MS = 160;

interface Drag {
  part: HTMLElement;
  down: boolean; // the room; else the mini-bar, up
  x: number;
  y: number;
  by: number; // in its direction
  speed: number;
  at: number;
  taken: boolean; // by us; until then it may be a tap, or somebody scrolls
}

export function startSwipe(app: App): void {
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let drag: Drag | null = null;

  const follow = ({ part, down, by }: Drag): void => {
    if (still.matches) return;
    part.classList.add('drawn');
    part.style.transition = 'none';
    part.style.translate = `0 ${down ? by : -by / (1 + by / MINI_FAR)}px`;
  };

  const slide = (part: HTMLElement, to: string, then: () => void): void => {
    part.style.transition = `translate ${SLIDE_MS}ms ease-out`;
    part.style.translate = to;
    setTimeout(() => part.isConnected && then(), still.matches ? 0 : SLIDE_MS);
  };

  const back = ({ part }: Drag): void =>
    slide(part, '', () => {
      if (drag?.taken && drag.part === part) return; // caught again
      part.style.transition = '';
      part.classList.remove('drawn');
    });

  const start = (e: TouchEvent): void => {
    if (drag?.taken) back(drag); // a second finger
    drag = e.touches.length === 1 ? begin(e) : null;
  };

  const move = (e: TouchEvent): void => {
    const touch = e.touches[0];
    if (!drag || !touch) return;
    const aside = Math.abs(touch.clientX - drag.x);
    const by = (touch.clientY - drag.y) * (drag.down ? 1 : -1);
    if (!drag.taken) {
      if (aside < SLOP && Math.abs(by) < SLOP) return;
      drag.taken = e.cancelable && by > aside;
      if (!drag.taken) {
        drag = null;
        return;
      }
    }
    e.preventDefault();
    drag.speed = (by - drag.by) / Math.max(1, e.timeStamp - drag.at);
    drag.by = Math.max(0, by);
    drag.at = e.timeStamp;
    follow(drag);
  };

  const end = (e: TouchEvent): void => {
    const over = drag;
    drag = null;
    if (!over?.taken) return;
    const { part, down, by, speed, at } = over;
    const thrown = speed > FAST && by > MINI_FAR && e.timeStamp - at < STALE_MS;
    const far = by > (down ? innerHeight * ROOM_FAR : MINI_FAR);
    if (e.type === 'touchcancel' || (!far && !thrown)) back(over);
    else if (down) slide(part, still.matches ? '' : `0 ${innerHeight}px`, () => app.showHall(true));
    else app.showHall(false);
  };

  // Whoever listens to moves may stop a scroll, so the browser waits for them: not where there is nothing to draw.
  const live = computed(() => app.room.value !== null);
  effect(() => {
    if (!live.value) return;
    addEventListener('touchstart', start, { passive: true });
    addEventListener('touchmove', move, { passive: false });
    for (const name of ['touchend', 'touchcancel'] as const) addEventListener(name, end);
    return () => {
      removeEventListener('touchstart', start);
      removeEventListener('touchmove', move);
      for (const name of ['touchend', 'touchcancel'] as const) removeEventListener(name, end);
    };
  });
}

/** The head of a room anywhere, the rest of it at the top of its scroll, and the mini-bar. */
function begin({ touches, target, timeStamp }: TouchEvent): Drag | null {
  const touch = touches[0];
  if (!touch || !(target instanceof Element)) return null;
  const head = target.closest('.room-head');
  const main = scrollY <= 0 && (visualViewport?.scale ?? 1) === 1 ? target.closest('.room-main') : null;
  const part = (head ?? main)?.closest<HTMLElement>('.room') ?? target.closest<HTMLElement>('.mini');
  if (!part) return null;
  const { clientX: x, clientY: y } = touch;
  return {
    part,
    down: part.matches('.room'),
    x,
    y,
    by: 0,
    speed: 0,
    at: timeStamp,
    taken: false,
  };
}
