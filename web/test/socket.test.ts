import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decoders } from '../src/api/decode.ts';
import { RequestError } from '../src/socket/failure.ts';
import { type Incoming, Socket, type SocketState } from '../src/socket/socket.ts';

// The network's edge: a WebSocket whose other end is the test.
class Wire {
  static made: Wire[] = [];
  static get last(): Wire {
    return Wire.made.at(-1) as Wire;
  }
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: Record<string, unknown>[] = [];
  closed = false;
  readonly url: string;
  readonly protocol: string;

  constructor(url: string, protocol: string) {
    this.url = url;
    this.protocol = protocol;
    Wire.made.push(this);
  }
  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }
  close(): void {
    this.closed = true;
  }
  say(message: unknown): void {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }
}

let states: SocketState[];
let events: Incoming[];
let page: EventTarget;

function made(): Socket {
  return new Socket({
    url: 'wss://club.example/ws',
    decoders,
    onState: (state) => states.push(state),
    onEvent: (event) => events.push(event),
    WebSocket: Wire as unknown as typeof WebSocket,
    wake: [page],
    random: () => 1,
  });
}

function opened(): Socket {
  const socket = made();
  socket.open();
  Wire.last.onopen?.();
  return socket;
}

const code = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(() => null).catch((e: unknown) => e);
  return error instanceof RequestError ? error.code : String(error);
};

beforeEach(() => {
  vi.useFakeTimers();
  Wire.made = [];
  states = [];
  events = [];
  page = new EventTarget();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('requests', () => {
  test('speaks the subprotocol and matches replies by id, in any order', async () => {
    const socket = opened();
    expect([Wire.last.url, Wire.last.protocol]).toEqual(['wss://club.example/ws', 'aparte.v1']);
    const hand = socket.request('room.hand', { up: true });
    const open = socket.request('room.open', { title: '', who: 'everyone' });
    expect(Wire.last.sent).toEqual([
      { id: 1, do: 'room.hand', up: true },
      { id: 2, do: 'room.open', title: '', who: 'everyone' },
    ]);
    Wire.last.say({ re: 2, ok: true, room: 'EBESExQVFhcYGRobHB0eHw' });
    Wire.last.say({ re: 1, ok: true });
    expect(await open).toEqual({ room: 'EBESExQVFhcYGRobHB0eHw' });
    expect(await hand).toEqual({});
  });

  test('a refusal carries its code and how long to wait', async () => {
    const socket = opened();
    const hand = socket.request('room.hand', { up: true }).catch((e: unknown) => e);
    Wire.last.say({ re: 1, error: { code: 'rate_limited', message: 'slow', retry_after_ms: 500 } });
    expect(await hand).toMatchObject({ code: 'rate_limited', retry_after_ms: 500 });
  });

  test.each([
    [{ re: 1, ok: true, room: 7 }],
    [{ re: 1, ok: true }],
    [{ re: 1, ok: true, room: 'EBESExQVFhcYGRobHB0eHw', more: 1 }],
    [{ re: 1, ok: false, room: 'EBESExQVFhcYGRobHB0eHw' }],
    [{ re: 1, ok: true, room: 'EBESExQVFhcYGRobHB0eHw', error: { code: 'busy', message: '' } }],
    [{ re: 1, error: 'no' }],
    [{ re: 1, error: { code: 'busy', message: '', extra: 1 } }],
  ])('a reply that is none fails the request: %j', async (reply) => {
    const open = opened().request('room.open', { title: '', who: 'everyone' });
    const failed = code(open);
    Wire.last.say(reply);
    expect(await failed).toBe('bad_reply');
  });

  test('what nobody asked for, or nobody can read, is dropped and counted', () => {
    const socket = opened();
    for (const bad of [
      '{',
      '[]',
      'null',
      '"x"',
      '7',
      '{"re":9,"ok":true}',
      '{"re":"1"}',
      '{"ev":"toString"}',
      '{}',
    ]) {
      Wire.last.say(bad);
    }
    Wire.last.onmessage?.({ data: new ArrayBuffer(4) });
    expect(socket.dropped).toBe(10);
    expect(events).toEqual([]);
  });

  test('no reply in time: the request fails and the line is given up', async () => {
    const socket = opened();
    const late = code(socket.request('room.leave', {}));
    const other = code(socket.request('room.end', {}, 60_000));
    vi.advanceTimersByTime(10_000);
    expect(await late).toBe('timeout');
    expect(await other).toBe('offline');
    expect(Wire.last.closed).toBe(true);
    expect(socket.state).toBe('waiting');
  });

  test('without a connection a request fails at once', async () => {
    const socket = made();
    socket.open();
    expect(await code(socket.request('room.leave', {}))).toBe('offline');
  });
});

describe('events', () => {
  test('arrive in order and without what does not fit', () => {
    opened();
    const room = 'EBESExQVFhcYGRobHB0eHw';
    Wire.last.say({ ev: 'hall.gone', room });
    Wire.last.say({ ev: 'hall.gone', room: 'short' });
    Wire.last.say({ ev: 'hall', rooms: [] });
    expect(events).toEqual([
      { ev: 'hall.gone', room },
      { ev: 'hall', rooms: [] },
    ]);
  });

  test('an old connection is not heard any more', () => {
    const socket = opened();
    const old = Wire.last;
    socket.reconnect();
    old.say({ ev: 'hall', rooms: [] });
    old.onclose?.();
    expect(events).toEqual([]);
    expect(socket.state).toBe('waiting');
  });
});

describe('coming back', () => {
  test('waits twice as long each time, 10 s at most', () => {
    made().open();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const before = Wire.made.length;
      Wire.last.onclose?.();
      let waited = 0;
      while (Wire.made.length === before) {
        vi.advanceTimersByTime(100);
        waited += 100;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([300, 600, 1200, 2400, 4800, 9600, 10_000, 10_000]);
  });

  test('after a connection that lasted, the first wait is short again', () => {
    opened();
    Wire.last.onclose?.();
    vi.advanceTimersByTime(300);
    Wire.last.onopen?.();
    vi.advanceTimersByTime(60_000);
    Wire.last.onclose?.();
    vi.advanceTimersByTime(299);
    expect(Wire.made.length).toBe(2);
    vi.advanceTimersByTime(1);
    expect(Wire.made.length).toBe(3);
  });

  test('at once when the network or the page comes back', () => {
    const socket = opened();
    Wire.last.onclose?.();
    expect(socket.state).toBe('waiting');
    page.dispatchEvent(new Event('online'));
    expect(socket.state).toBe('connecting');
    expect(Wire.made.length).toBe(2);
    vi.advanceTimersByTime(60_000);
    expect(Wire.made.length).toBe(2);
  });

  test('close is for good', async () => {
    const socket = opened();
    const leave = code(socket.request('room.leave', {}));
    socket.close();
    expect(await leave).toBe('offline');
    page.dispatchEvent(new Event('online'));
    vi.advanceTimersByTime(60_000);
    expect(Wire.made.length).toBe(1);
    expect(states).toEqual(['connecting', 'open', 'closed']);
  });
});
