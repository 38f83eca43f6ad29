// What a listener of a sensitive room receives for each microphone that is on: 50 packets a second of one size, with all
// their headers.

import type { Sound } from '../api/messages.ts';

export const MICROPHONES = 4; // on at a time

export const kbitsOf = (sound: Sound): number => (sound === 'music' ? 140 : 90);
