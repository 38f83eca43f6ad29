// A1: one account opens media sessions in several rooms, from parallel scripts.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Club, type Player, pause, until } from './club.ts';

let club: Club;
let other: Player; // speaks in the second room
const rooms: string[] = [];
const bots: Player[] = []; // sessions of one account

beforeAll(async () => {
  club = await Club.found();
  other = await club.member('Tom');
  rooms.push(await club.evening('One'));
  rooms.push((await other.open('Two')).room);
  await other.join(rooms[1] as string);
  await other.ask('room.mute', { muted: false });
  await until('the second room speaks', () => club.connected(other));
  club.guests.say(other.guest);
  const bot = await club.member('Bot');
  bots.push(bot, await bot.again());
});

afterAll(() => club?.close());

const moved = (): unknown => (club.server.operator('status').status as { moved: number }).moved;

test('who joins a second room is out of the first within a second, and never hears both', async () => {
  const [one, two] = bots as [Player, Player];
  await one.join(rooms[0] as string);
  await club.hears(one);
  await two.join(rooms[1] as string);
  await club.hears(two);
  await pause(1000);
  expect(await club.datagrams(one, 1500), 'datagrams to the first session').toBe(0);
  expect(one.events('room.out').map(({ why }) => why)).toEqual(['elsewhere']);
  await club.hears(two);
  expect(moved(), 'what the operator sees of it').toBe(1);
});

test('ten joins at once leave one that hears', async () => {
  const sessions = await Promise.all(Array.from({ length: 10 }, () => bots[0]?.again() as Promise<Player>));
  await Promise.allSettled(sessions.map((one, i) => one.join(rooms[i % 2] as string)));
  await pause(2000);
  const { at } = await club.guests.heard();
  const now = Date.now();
  const hearing = [...bots, ...sessions].filter(({ guest }) => now - (at[guest] ?? 0) < 300);
  expect(hearing.length).toBe(1);
  expect(moved()).toBeGreaterThan(5);
  const inRooms = async (room: string, guide: Player): Promise<number> => {
    const cards = guide.events('hall.room').map((one) => one.room as { id: string; people: number });
    return cards.findLast(({ id }) => id === room)?.people ?? 0;
  };
  await until('the hallway shows three people: two who speak and the bot', async () => {
    return (await inRooms(rooms[0] as string, other)) + (await inRooms(rooms[1] as string, other)) === 3;
  });
});
