// Being a member on this browser: the device that signs, and the book that holds the server to its log.

import type { LogHead } from '../api/messages.ts';
import type { Credential, LogVerdict } from '../api/session.ts';
import { ChainBook } from '../identity/chain.ts';
import { Device } from '../identity/device.ts';
import type { ForkProof } from '../identity/log.ts';
import type { MemberKeys } from '../identity/vault.ts';
import type { Core, Membership } from './core.ts';

export async function openMembership(
  core: Core,
  keys: MemberKeys,
  forked: (proof: ForkProof) => void,
  grew: () => void,
): Promise<Membership> {
  const { vault } = core;
  if (!vault) throw new Error('no vault');
  await vault.belongTo(keys.founder);
  const book = await ChainBook.open(keys.founder, await vault.seen(), {
    store: vault,
    readLog: (from) => core.request('log.read', { from }),
    readChains: async (accounts) => (await core.request('chain.read', { accounts })).chains,
    grew,
    forked,
  });
  return { device: new Device(keys), book };
}

export function credentialOf({ device, book }: Membership): Credential {
  return {
    account: device.account,
    device: device.device,
    founder: device.founder,
    get log() {
      return book.head;
    },
    hello: (host, nonce) => device.hello(host, nonce),
    heard: (log) => hear(book, log),
  };
}

function hear(book: ChainBook, log: LogHead): LogVerdict {
  if (log.size < book.head.size) return 'log_shrunk';
  const verdict = book.check(log);
  // Not within the hello that says so: nothing can be read before it is through.
  if (verdict === 'behind') setTimeout(() => void book.catchUp(), 0);
  return verdict === 'fork' ? 'log_forked' : 'good';
}
