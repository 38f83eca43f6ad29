// A WebSocket client (RFC 6455) for crowds: thousands in one process, and long messages that nobody reads cost
// nothing but their bytes.

import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const HEAD = 512; // bytes kept of a message that is not read whole

type Message = Record<string, unknown>;

export class Wire {
  bytes = 0;
  /** Told the beginning of every message; true: it is wanted whole, and goes to `hear`. */
  wants: (head: string) => boolean = () => true;
  hear: (message: Message) => void = () => {};
  closed = false; // by whichever side
  readonly #socket: Socket;
  readonly #replies = new Map<number, { resolve(m: Message): void; reject(e: unknown): void }>();
  #input: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #left = 0; // of the frame that is being received
  #final = true;
  #wanted: boolean | null = null;
  #next = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** `hear` gets what is not a reply, from the first message on. */
  static async open(port: number, hear: (message: Message) => void): Promise<Wire> {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    const key = randomBytes(16).toString('base64');
    const accept = createHash('sha1')
      .update(key + GUID)
      .digest('base64');
    const wire = new Wire(socket);
    wire.hear = hear;
    socket.on('close', () => wire.#ended());
    await new Promise<void>((resolve, reject) => {
      let answer = '';
      socket.once('error', reject);
      const read = (data: Buffer): void => {
        answer += data.toString('latin1');
        const end = answer.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.off('data', read);
        if (!answer.includes(accept)) {
          reject(new Error(answer.slice(0, 200)));
          return;
        }
        socket.on('data', (more: Buffer) => wire.#take(more));
        resolve();
        wire.#take(Buffer.from(answer.slice(end + 4), 'latin1'));
      };
      socket.on('data', read);
      socket.write(
        `GET /ws HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: http://localhost:${port}\r\nUpgrade: websocket\r\n` +
          `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n` +
          'Sec-WebSocket-Protocol: aparte.v1\r\n\r\n',
      );
    });
    return wire;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ended(): void {
    this.closed = true;
    for (const { reject } of this.#replies.values()) reject({ code: 'closed' });
    this.#replies.clear();
  }

  /** Rejects with the error that the server answers. */
  ask(name: string, members: object): Promise<Message> {
    if (this.closed) return Promise.reject({ code: 'closed' });
    const id = this.#next++;
    this.#frame(1, Buffer.from(JSON.stringify({ id, do: name, ...members })));
    return new Promise((resolve, reject) => this.#replies.set(id, { resolve, reject }));
  }

  #frame(opcode: number, payload: Buffer): void {
    const n = payload.length;
    const head = Buffer.alloc(n < 126 ? 6 : n < 65536 ? 8 : 14);
    head[0] = 0x80 | opcode;
    if (n < 126) head[1] = 0x80 | n;
    else if (n < 65536) {
      head[1] = 0x80 | 126;
      head.writeUInt16BE(n, 2);
    } else {
      head[1] = 0x80 | 127;
      head.writeBigUInt64BE(BigInt(n), 2);
    }
    this.#socket.write(Buffer.concat([head, payload])); // the mask is four zeros: it hides nothing from us
  }

  #take(data: Buffer): void {
    this.bytes += data.length;
    this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, data]) : data;
    for (;;) {
      if (this.#left > 0) {
        const part = this.#input.subarray(0, this.#left);
        if (part.length === 0) return;
        this.#keep(part);
        this.#left -= part.length;
        this.#input = this.#input.subarray(part.length);
        if (this.#left === 0 && this.#final) this.#end();
        continue;
      }
      const [first = 0, second = 0] = this.#input;
      const short = second & 0x7f;
      const size = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (this.#input.length < size) return;
      const n =
        short < 126
          ? short
          : short === 126
            ? this.#input.readUInt16BE(2)
            : Number(this.#input.readBigUInt64BE(2));
      if (first & 8) {
        if (this.#input.length < size + n) return;
        const said = Buffer.from(this.#input.subarray(size, size + n));
        if ((first & 15) === 8) this.#frame(8, said); // RFC 6455 5.5.1: the server closes with the answer
        if ((first & 15) === 9) this.#frame(10, said);
        this.#input = this.#input.subarray(size + n);
        continue;
      }
      this.#final = (first & 0x80) !== 0;
      this.#left = n;
      this.#input = this.#input.subarray(size);
    }
  }

  #keep(part: Buffer): void {
    if (this.#wanted === null) {
      const head = Buffer.concat([...this.#kept, part.subarray(0, HEAD)]).toString('utf8', 0, HEAD);
      this.#wanted = /^\{"re":/.test(head) || this.wants(head);
    }
    if (this.#wanted) this.#kept.push(Buffer.from(part));
  }

  #end(): void {
    const wanted = this.#wanted;
    const text = Buffer.concat(this.#kept);
    this.#kept = [];
    this.#wanted = null;
    if (!wanted) return;
    const message = JSON.parse(text.toString()) as Message;
    const waiting = this.#replies.get(Number(message.re));
    if (!waiting) {
      this.hear(message);
      return;
    }
    this.#replies.delete(Number(message.re));
    if (message.error) waiting.reject(message.error);
    else waiting.resolve(message);
  }
}
