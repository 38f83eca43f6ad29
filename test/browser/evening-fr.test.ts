import { wholeEvening } from './whole-evening.ts';

wholeEvening('fr');
