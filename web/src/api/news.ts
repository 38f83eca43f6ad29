// `room.news`: what a large room gathered about its audience. Nobody but the socket's reader needs to know that it
// came in one piece.

import type { Incoming } from '../socket/socket.ts';
import type { Events } from './messages.ts';

export function* oneByOne({ room, people, left }: Events['room.news']): Generator<Incoming> {
  for (const person of people) yield { ev: 'room.person', room, person };
  for (const { account, why } of left) yield { ev: 'room.left', room, account, why };
}
