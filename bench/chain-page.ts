// In the browser: a club of n members, whose chains are all verified: first, again from what was kept, and one
// more member after that. See chain.ts.

import type { ChainEntry, Id } from '../web/src/api/messages.ts';
import { ChainBook } from '../web/src/identity/chain.ts';
import { NO_LOG, Vault } from '../web/src/identity/vault.ts';
import { Club, type Member } from '../web/test/club.ts';

export interface Cost {
  firstMs: number;
  againMs: number;
  oneMs: number;
  depth: number;
  meanDepth: number;
}

const DEPTH = 18;

interface Placed {
  member: Member;
  depth: number;
  path: ChainEntry[];
}

// A line down to the full depth, then everybody by somebody who is not at the bottom, always the same way.
async function populate(n: number): Promise<{ club: Club; people: Placed[] }> {
  const club = await Club.found();
  const first = { member: club.founder, depth: 0, path: club.chain(club.founder.account) };
  const people: Placed[] = [first];
  const inviters: Placed[] = [first];
  let seed = 1;
  for (let i = 1; i < n; i++) {
    seed = (seed * 48271) % 0x7fffffff;
    const by = (i <= DEPTH ? people[i - 1] : inviters[seed % inviters.length]) as Placed;
    const size = club.log.size;
    const member = await club.invite(by.member);
    const own = [size, size + 1].map((at) => ({ n: at, record: club.log_[at]?.record ?? '' }));
    const placed = { member, depth: by.depth + 1, path: [...by.path, ...own] };
    people.push(placed);
    if (placed.depth < DEPTH) inviters.push(placed);
  }
  return { club, people };
}

async function run(n: number, say: (what: string) => void): Promise<Cost> {
  const { club, people } = await populate(n);
  say('everybody was invited');
  const paths = new Map<Id, ChainEntry[]>(people.map(({ member, path }) => [member.account, path]));
  const vault = await Vault.open(`bench ${n} ${performance.now()}`);
  const open = (): Promise<ChainBook> =>
    ChainBook.open(club.founder.account, NO_LOG, {
      store: vault,
      readLog: async (from) => club.readLog(from),
      // As the server does: a record once in an answer.
      readChains: async (accounts) => {
        const told = new Set<number>();
        return accounts.map((account) => {
          const entries = (paths.get(account) ?? []).filter(({ n: at }) => !told.has(at));
          for (const { n: at } of entries) told.add(at);
          return { account, entries };
        });
      },
      grew: () => undefined,
      forked: () => undefined,
    });
  const all = people.map(({ member }) => member);
  const prove = async (some: Member[]): Promise<number> => {
    const from = performance.now();
    const book = await open();
    await book.catchUp();
    await book.prove(some);
    const ms = performance.now() - from;
    if (!some.every(({ account, device }) => book.get(account, device)))
      throw new Error('not all are proven');
    return ms;
  };
  const firstMs = await prove(all);
  say('and verified');
  const againMs = await prove(all);
  const book = await open();
  await book.catchUp();
  await book.prove(all);
  const late = await club.invite((people[1] as Placed).member);
  paths.set(late.account, club.chain(late.account));
  const from = performance.now();
  await book.prove([late]);
  const oneMs = performance.now() - from;
  if (!book.get(late.account, late.device)) throw new Error('the last one is not proven');
  const depths = people.map(({ depth }) => depth);
  const meanDepth = depths.reduce((sum, depth) => sum + depth, 0) / n;
  return { firstMs, againMs, oneMs, depth: Math.max(...depths), meanDepth };
}

Object.assign(globalThis, { run });
