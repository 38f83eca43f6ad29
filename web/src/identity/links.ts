// Invitation links: the one-time secret travels in the fragment, which browsers never send to a server.
// Layout: docs/protocol.md, "Links". The check tells a mistyped link from one the server does not know.

import { type Bytes, b64, concat, equal, Reader, unb64 } from '../base/bytes.ts';
import { hashFor, ID_BYTES, KEY_BYTES } from '../base/sign.ts';

// A new device that asks to be added to an account. No secret.
export interface DeviceLink {
  kind: 'device';
  key: Bytes;
}

export interface InviteLink {
  kind: 'invite' | 'founder';
  seed: Bytes; // wipe it after use
  fingerprint: Bytes; // the founder's account id; zeros in a founder link
}

const KINDS = { invite: 1, founder: 2, device: 3 } as const;
const CHECK_BYTES = 4;

export async function makeLink(origin: string, link: InviteLink | DeviceLink): Promise<string> {
  return `${origin}/#${await linkPayload(link)}`;
}

export async function linkPayload(link: InviteLink | DeviceLink): Promise<string> {
  const [key, fingerprint] =
    link.kind === 'device' ? [link.key, new Uint8Array(ID_BYTES)] : [link.seed, link.fingerprint];
  const content = concat(Uint8Array.of(KINDS[link.kind]), key, fingerprint);
  const check = (await hashFor('link', content)).slice(0, CHECK_BYTES);
  return b64(concat(content, check));
}

// `fragment` is location.hash, or a whole link that somebody pasted. Null: there is no link at all.
export async function parseLink(fragment: string): Promise<InviteLink | DeviceLink | 'mistyped' | null> {
  const payload = fragment.trim().replace(/^.*#/s, '');
  if (payload === '') return null;
  const bytes = unb64(payload);
  if (!bytes) return 'mistyped';
  const r = new Reader(bytes);
  const kind = r.u8();
  const seed = r.bytes(KEY_BYTES);
  const fingerprint = r.bytes(ID_BYTES);
  const check = r.bytes(CHECK_BYTES);
  if (!r.end()) return 'mistyped';
  const expected = await hashFor('link', bytes.slice(0, bytes.length - CHECK_BYTES));
  if (!equal(check, expected.slice(0, CHECK_BYTES))) return 'mistyped';
  if (kind !== KINDS.invite && fingerprint.some((byte) => byte !== 0)) return 'mistyped';
  if (kind === KINDS.founder) return { kind: 'founder', seed, fingerprint };
  if (kind === KINDS.device) return { kind: 'device', key: seed };
  if (kind === KINDS.invite) return { kind: 'invite', seed, fingerprint };
  return 'mistyped';
}
