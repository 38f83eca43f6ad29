// The recovery code once more, sealed under passkeys: WebAuthn's PRF extension (WebAuthn Level 3, 10.1.4) gives
// a secret that only the authenticator can make, and AES-GCM under a key from it seals the code. The server
// keeps the sealed code and cannot open it. Never the PRF alone: an authenticator that is lost or a vendor that
// drops the extension must not end an account, so the printed code is always there too.

import type { Bytes64, Id } from '../api/messages.ts';
import { type Bytes, b64, concat, random, unb64, utf8, wipe } from '../base/bytes.ts';
import { hashFor } from '../base/sign.ts';
import { CODE_BYTES, deriveFrom } from './recovery.ts';

export interface SealedCode {
  credential: Bytes64;
  data: Bytes64; // nonce, ciphertext
}

const NONCE_BYTES = 12;
const TIMEOUT_MS = 120_000;
// COSE: Ed25519, ES256, RS256. Their signatures are not used: the PRF is.
const ALGORITHMS = [-8, -7, -257];

export class PasskeyError extends Error {}

export class Passkeys {
  readonly #credentials: CredentialsContainer;

  constructor(credentials: CredentialsContainer) {
    this.#credentials = credentials;
  }

  static available(): boolean {
    return typeof PublicKeyCredential !== 'undefined';
  }

  // One passkey more, on an authenticator that has none of `others`.
  async add(
    code: Bytes,
    founder: Id,
    who: { account: Id; name: string; club: string },
    others: Bytes64[],
  ): Promise<SealedCode> {
    const created = await this.#create(founder, who, others);
    // Many authenticators tell the secret only when asked, not at creation.
    const { credential, secret } = created.secret
      ? { credential: created.credential, secret: created.secret }
      : await this.#ask(founder, created.credential);
    try {
      return { credential: b64(credential), data: b64(await seal(secret, code, credential, founder)) };
    } finally {
      wipe(secret);
    }
  }

  // Lets the person choose a passkey; `find` fetches what is kept for it. Null: it does not open.
  async open(founder: Id, find: (credential: Bytes64) => Promise<Bytes64>): Promise<Bytes | null> {
    const { credential, secret } = await this.#ask(founder, null);
    try {
      const data = unb64(await find(b64(credential)));
      return data && (await unseal(secret, data, credential, founder));
    } finally {
      wipe(secret);
    }
  }

  async #create(
    founder: Id,
    who: { account: Id; name: string; club: string },
    others: Bytes64[],
  ): Promise<{ credential: Bytes; secret: Bytes | null }> {
    const made = await this.#credentials.create({
      publicKey: {
        challenge: random(32),
        rp: { name: who.club },
        user: { id: utf8(who.account), name: who.name, displayName: who.name },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        excludeCredentials: others.map((id) => ({ type: 'public-key', id: unb64(id) ?? new Uint8Array(0) })),
        extensions: { prf: { eval: { first: await salt(founder) } } },
        timeout: TIMEOUT_MS,
      },
    });
    const passkey = asPasskey(made);
    if (passkey.prf?.enabled !== true && !passkey.secret)
      throw new PasskeyError('this authenticator has no PRF');
    return passkey;
  }

  async #ask(founder: Id, credential: Bytes | null): Promise<{ credential: Bytes; secret: Bytes }> {
    const got = await this.#credentials.get({
      publicKey: {
        challenge: random(32),
        allowCredentials: credential ? [{ type: 'public-key', id: credential }] : [],
        userVerification: 'required',
        extensions: { prf: { eval: { first: await salt(founder) } } },
        timeout: TIMEOUT_MS,
      },
    });
    const passkey = asPasskey(got);
    if (!passkey.secret) throw new PasskeyError('this authenticator told no PRF output');
    return { credential: passkey.credential, secret: passkey.secret };
  }
}

function asPasskey(made: Credential | null): {
  credential: Bytes;
  secret: Bytes | null;
  prf: AuthenticationExtensionsPRFOutputs | undefined;
} {
  if (!made || !('getClientExtensionResults' in made)) throw new PasskeyError('no passkey');
  const passkey = made as PublicKeyCredential;
  const { prf } = passkey.getClientExtensionResults();
  const first = prf?.results?.first;
  const secret = first === undefined ? null : copyOf(first);
  if (secret && secret.length !== 32) throw new PasskeyError('a PRF output has 32 bytes');
  return { credential: new Uint8Array(passkey.rawId), secret, prf };
}

function copyOf(source: BufferSource): Bytes {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source).slice()
    : new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength).slice();
}

const salt = (founder: Id): Promise<Bytes> => hashFor('passkey-salt', utf8(founder));

async function keyFrom(secret: Bytes, founder: Id): Promise<CryptoKey> {
  const raw = await deriveFrom(secret, 'passkey', founder);
  try {
    return await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  } finally {
    wipe(raw);
  }
}

async function seal(secret: Bytes, code: Bytes, credential: Bytes, founder: Id): Promise<Bytes> {
  const iv = random(NONCE_BYTES);
  const key = await keyFrom(secret, founder);
  const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: credential }, key, code);
  return concat(iv, new Uint8Array(box));
}

async function unseal(secret: Bytes, data: Bytes, credential: Bytes, founder: Id): Promise<Bytes | null> {
  const iv = data.slice(0, NONCE_BYTES);
  const key = await keyFrom(secret, founder);
  try {
    const params = { name: 'AES-GCM', iv, additionalData: credential };
    const code = new Uint8Array(await crypto.subtle.decrypt(params, key, data.slice(NONCE_BYTES)));
    return code.length === CODE_BYTES ? code : null;
  } catch {
    return null; // of another club, or changed by the server
  }
}
