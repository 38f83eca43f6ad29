// ML-KEM-768 (FIPS 203): the browser's own where it has one, otherwise the one of @noble/post-quantum, which
// is loaded only then. If neither can be had there is an error, never a leaf without it.

import { type Bytes, wipe } from '../base/bytes.ts';

export const KEM_KEY_BYTES = 1184;
export const KEM_CIPHERTEXT_BYTES = 1088;

export interface KemKeys {
  publicKey: Bytes;
  decapsulate(ciphertext: Bytes): Promise<Bytes>;
  forget(): void;
}

export interface MlKem {
  generate(): Promise<KemKeys>;
  encapsulate(publicKey: Bytes): Promise<{ ciphertext: Bytes; secret: Bytes }>;
}

// "Modern Algorithms in the Web Cryptography API"; TypeScript does not know it yet.
interface ModernSubtle {
  generateKey(name: 'ML-KEM-768', extractable: boolean, usages: string[]): Promise<CryptoKeyPair>;
  importKey(
    format: 'raw-public',
    key: Bytes,
    name: 'ML-KEM-768',
    extractable: boolean,
    usages: string[],
  ): Promise<CryptoKey>;
  exportKey(format: 'raw-public', key: CryptoKey): Promise<ArrayBuffer>;
  encapsulateBits(
    name: 'ML-KEM-768',
    key: CryptoKey,
  ): Promise<{ sharedKey: ArrayBuffer; ciphertext: ArrayBuffer }>;
  decapsulateBits(name: 'ML-KEM-768', key: CryptoKey, ciphertext: Bytes): Promise<ArrayBuffer>;
}

const NAME = 'ML-KEM-768';

export function nativeKem(subtle: ModernSubtle): MlKem {
  return {
    async generate() {
      const pair = await subtle.generateKey(NAME, false, ['encapsulateBits', 'decapsulateBits']);
      return {
        publicKey: new Uint8Array(await subtle.exportKey('raw-public', pair.publicKey)),
        decapsulate: async (ciphertext) =>
          new Uint8Array(await subtle.decapsulateBits(NAME, pair.privateKey, ciphertext)),
        forget: () => undefined, // the browser keeps it
      };
    },
    async encapsulate(publicKey) {
      const key = await subtle.importKey('raw-public', publicKey, NAME, false, ['encapsulateBits']);
      const { sharedKey, ciphertext } = await subtle.encapsulateBits(NAME, key);
      return { ciphertext: new Uint8Array(ciphertext), secret: new Uint8Array(sharedKey) };
    },
  };
}

export async function nobleKem(): Promise<MlKem> {
  const { ml_kem768 } = await import('@noble/post-quantum/ml-kem.js');
  return {
    async generate() {
      const { publicKey, secretKey } = ml_kem768.keygen();
      return {
        publicKey: new Uint8Array(publicKey),
        decapsulate: async (ciphertext) => new Uint8Array(ml_kem768.decapsulate(ciphertext, secretKey)),
        forget: () => wipe(secretKey as Bytes),
      };
    },
    async encapsulate(publicKey) {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey);
      return { ciphertext: new Uint8Array(cipherText), secret: new Uint8Array(sharedSecret) };
    },
  };
}

let chosen: Promise<MlKem> | null = null;

export function mlKem(): Promise<MlKem> {
  chosen ??= choose().catch((error) => {
    chosen = null; // perhaps the network: the next join tries again
    throw error;
  });
  return chosen;
}

async function choose(): Promise<MlKem> {
  const subtle = crypto.subtle as unknown as ModernSubtle;
  if (typeof subtle.encapsulateBits !== 'function') return nobleKem();
  const native = nativeKem(subtle);
  try {
    await native.generate();
    return native;
  } catch {
    return nobleKem(); // the interface without the algorithm
  }
}
