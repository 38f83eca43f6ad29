// Aparté on the home screen, or in a window of its own: what this browser offers, and how one gets there without that.

import { signal } from '@preact/signals';

// Chromium's alone, so not among TypeScript's types.
interface Offer extends Event {
  prompt(): Promise<{ outcome: 'accepted' | 'dismissed' }>;
}

/** There for as long as the browser would install Aparté at a press. */
export const offer = signal<Offer | null>(null);

/** From the start of the page: it is said once. No banner of the browser's own stands in the way of a room. */
export function awaitOffer(): void {
  addEventListener('beforeinstallprompt', (e) => {
    e.preventDefault();
    offer.value = e as Offer;
  });
}
