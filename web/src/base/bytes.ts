// Byte cursors and text forms of bytes. All parsing and writing of signed bytes goes through these.
// A Reader has a sticky error: after the first overrun every call yields zeros, so a codec reads its
// fields one after another and asks end() once. Integers are big-endian.

export type Bytes = Uint8Array<ArrayBuffer>;

export class Reader {
  readonly #bytes: Bytes;
  #at = 0;
  #good = true;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  bytes(n: number): Bytes {
    if (!this.#good || this.#at + n > this.#bytes.length) {
      this.#good = false;
      return new Uint8Array(n);
    }
    this.#at += n;
    return this.#bytes.slice(this.#at - n, this.#at);
  }

  // All that is left, for what ends with the message.
  rest(): Bytes {
    return this.bytes(this.#good ? this.#bytes.length - this.#at : 0);
  }

  u8(): number {
    return this.#uint(1);
  }

  u16(): number {
    return this.#uint(2);
  }

  u32(): number {
    return this.#uint(4);
  }

  // Times and sizes stay below 2^53, so that they are exact as a number; larger ones are refused.
  u64(): number {
    const value = this.#uint(8);
    if (!Number.isSafeInteger(value)) this.fail();
    return this.#good ? value : 0;
  }

  fail(): void {
    this.#good = false;
  }

  // True only if nothing failed and no byte is left.
  end(): boolean {
    return this.#good && this.#at === this.#bytes.length;
  }

  #uint(size: number): number {
    return this.bytes(size).reduce((value, byte) => value * 256 + byte, 0);
  }
}

export class Writer {
  #parts: Bytes[] = [];

  bytes(value: Bytes, n = value.length): this {
    if (value.length !== n) throw new RangeError(`expected ${n} bytes, got ${value.length}`);
    this.#parts.push(value);
    return this;
  }

  u8(value: number): this {
    return this.#uint(value, 1);
  }

  u16(value: number): this {
    return this.#uint(value, 2);
  }

  u32(value: number): this {
    return this.#uint(value, 4);
  }

  u64(value: number): this {
    return this.#uint(value, 8);
  }

  done(): Bytes {
    return concat(...this.#parts);
  }

  #uint(value: number, size: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** (8 * size)) {
      throw new RangeError(`${value} is no unsigned integer of ${size} bytes`);
    }
    const out = new Uint8Array(size);
    for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256;
    this.#parts.push(out);
    return this;
  }
}

export function concat(...parts: Bytes[]): Bytes {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

// Looks at every byte whatever it finds, so that the time tells nothing about where two secrets differ.
export function equal(a: Bytes, b: Bytes): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

export function wipe(...secrets: (Bytes | null | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

export function random(n: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(n));
}

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function unhex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/i.test(text)) throw new RangeError('not hex');
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter, value]));

// base64url without padding, RFC 4648 section 5.
export function b64(bytes: Bytes): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 6; bits -= 6) text += ALPHABET[(held >> (bits - 6)) & 63];
  }
  return bits > 0 ? text + ALPHABET[(held << (6 - bits)) & 63] : text;
}

// Strict: null for padding, white space, other alphabets, a wrong length or non-zero trailing bits.
export function unb64(text: string, length?: number): Bytes | null {
  if (text.length % 4 === 1) return null;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out[at++] = (held >> bits) & 0xff;
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) return null;
  return length === undefined || length === out.length ? out : null;
}
