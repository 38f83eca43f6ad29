// The consent to record: several clients and what reaches whom, with a clock that is moved by hand. What may never
// be: a recorder that runs while somebody on stage has not agreed.

import { beforeEach, describe, expect, test } from 'vitest';
import type { Content } from '../src/e2ee/talk.ts';
import type { RecordingView } from '../src/state/model.ts';
import { Recording } from '../src/state/recording.ts';

let now = 0;
let names = 0;
let stage: string[] = [];
let lost: (from: string, content: Content) => boolean = () => false;
const clients = new Map<string, Client>();

class Client {
  readonly recording: Recording;
  readonly tones: boolean[] = [];
  view: RecordingView | null = null;
  recorder: 'none' | 'running' | 'paused' = 'none';
  files = 0;

  constructor(me: string) {
    this.recording = new Recording({
      me,
      now: () => now,
      newId: () => `recording ${names++}`,
      stage: () => stage.map((account) => ({ account, name: account })),
      nameOf: (account) => account,
      send: async (content) => {
        if (lost(me, content)) return false;
        for (const [account, client] of clients)
          if (account !== me && (content.kind === 'recording' || content.kind === 'answer'))
            client.recording.on(me, content);
        return true;
      },
      start: () => {
        this.recorder = 'running';
      },
      pause: () => {
        this.recorder = 'paused';
      },
      finish: () => {
        if (this.recorder !== 'none') this.files++;
        this.recorder = 'none';
      },
      tone: (up) => this.tones.push(up),
      changed: (view) => {
        this.view = view;
      },
    });
  }
}

const client = (name: string): Client => clients.get(name) as Client;
const [ines, tom, zoe] = ['ines', 'tom', 'zoe'];

function put(...on: string[]): void {
  stage = on;
  for (const one of clients.values()) one.recording.stageChanged();
}

async function pass(seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    now += 1000;
    for (const one of clients.values()) one.recording.tick();
    await Promise.resolve();
  }
}

beforeEach(() => {
  clients.clear();
  now = 0;
  lost = () => false;
  for (const name of ['ines', 'tom', 'zoe', 'listener']) clients.set(name, new Client(name));
  put('ines', 'tom');
});

describe('a recording', () => {
  test('runs once all on stage have agreed, and everybody sees and hears it', () => {
    expect(client(ines).recording.ask()).toBe(true);
    expect(client(tom).view).toMatchObject({ by: ines, state: 'asking', asked: true, waiting: ['tom'] });
    expect(client('listener').view).toMatchObject({ by: ines, state: 'asking', asked: false });
    expect(client(ines).recorder).toBe('none');
    client(tom).recording.answer(true);
    expect(client(ines).recorder).toBe('running');
    for (const one of clients.values()) {
      expect(one.view?.state).toBe('running');
      expect(one.tones).toEqual([true]);
    }
    client(ines).recording.stop();
    for (const one of clients.values()) {
      expect(one.view).toBeNull();
      expect(one.tones).toEqual([true, false]);
    }
    expect(client(ines).files).toBe(1);
  });

  test('runs at once for who is alone on stage', () => {
    put('ines');
    client(ines).recording.ask();
    expect(client(ines).recorder).toBe('running');
  });

  test('never starts when one says no', () => {
    client(ines).recording.ask();
    client(tom).recording.answer(false);
    expect(client(ines).recorder).toBe('none');
    for (const one of clients.values()) expect(one.view).toBeNull();
    expect(client(ines).files).toBe(0);
  });

  test('stops when one takes the yes back', () => {
    client(ines).recording.ask();
    client(tom).recording.answer(true);
    client(tom).recording.answer(false);
    expect(client(ines).recorder).toBe('none');
    expect(client(ines).files).toBe(1);
    expect(client('listener').tones).toEqual([true, false]);
  });

  test('pauses for who comes up later, until they agree', async () => {
    client(ines).recording.ask();
    client(tom).recording.answer(true);
    put('ines', 'tom', 'zoe');
    expect(client(ines).recorder).toBe('paused');
    expect(client(zoe).view).toMatchObject({ state: 'paused', asked: true, waiting: ['zoe'] });
    expect(client(zoe).tones).toEqual([true, false]);
    client(zoe).recording.answer(true);
    expect(client(ines).recorder).toBe('running');
    put('ines', 'tom'); // and on without asking when they leave
    expect(client(ines).recorder).toBe('running');
    put('ines', 'tom', 'zoe'); // back: consent is given again
    expect(client(ines).recorder).toBe('paused');
    expect(client(zoe).view?.asked).toBe(true);
  });

  test('goes on when the one who did not agree leaves the stage', () => {
    client(ines).recording.ask();
    put('ines');
    expect(client(ines).recorder).toBe('running');
  });

  test('ends with the time on stage of who records', () => {
    client(ines).recording.ask();
    client(tom).recording.answer(true);
    put('tom');
    expect(client(ines).recorder).toBe('none');
    expect(client(ines).files).toBe(1);
    expect(client(tom).view).toBeNull();
  });

  test('is kept by who recorded when the room is over', () => {
    put('ines');
    client(ines).recording.ask();
    client(ines).recording.close();
    expect(client(ines).files).toBe(1);
  });
});

describe('who may', () => {
  test('the audience cannot ask', () => {
    expect(client('listener').recording.ask()).toBe(false);
    client(tom).recording.on('listener', {
      kind: 'recording',
      recording: 'x',
      state: 'running',
      agreed: ['tom'],
    });
    expect(client(tom).view).toBeNull();
  });

  test('the audience cannot agree for the stage, nor end it', () => {
    client(ines).recording.ask();
    const recording = `recording ${names - 1}`;
    client(ines).recording.on('listener', { kind: 'answer', recording, yes: true });
    expect(client(ines).recorder).toBe('none');
    client(ines).recording.on('listener', { kind: 'answer', recording, yes: false });
    expect(client(ines).view?.state).toBe('asking');
    client(ines).recording.on(tom, { kind: 'answer', recording: 'another', yes: true });
    expect(client(ines).recorder).toBe('none');
  });

  test('a second one is not asked for', () => {
    client(ines).recording.ask();
    expect(client(tom).recording.ask()).toBe(false);
    client('listener').recording.on(tom, { kind: 'recording', recording: 'x', state: 'asking', agreed: [] });
    expect(client('listener').view?.by).toBe(ines);
  });

  test('of two who ask at once everybody takes the same', () => {
    lost = () => true;
    client(ines).recording.ask();
    client(tom).recording.ask();
    lost = () => false;
    return pass(6).then(() => {
      for (const one of clients.values()) expect(one.view?.by).toBe(ines);
      expect(client(tom).view?.asked).toBe(true);
    });
  });

  test('one in whose name it runs without a yes is told', async () => {
    now = 10_000;
    client(tom).recording.on(ines, {
      kind: 'recording',
      recording: 'x',
      state: 'running',
      agreed: [ines, tom],
    });
    expect(client(tom).view).toMatchObject({ wronged: true, asked: true });
    client(tom).recording.answer(true);
    expect(client(tom).view).toMatchObject({ wronged: false, agreed: true });
  });
});

describe('what gets lost', () => {
  test('the question is said again, to newcomers too', async () => {
    lost = () => true;
    client(ines).recording.ask();
    expect(client(tom).view).toBeNull();
    lost = () => false;
    await pass(2);
    expect(client(tom).view?.asked).toBe(true);
    const late = new Client('late');
    clients.set('late', late);
    await pass(5);
    expect(late.view?.by).toBe(ines);
  });

  test.each([true, false])('an answer of %s is said again', async (yes) => {
    client(ines).recording.ask();
    if (!yes) client(tom).recording.answer(true);
    lost = (from) => from === tom;
    client(tom).recording.answer(yes);
    expect(client(ines).recorder).toBe(yes ? 'none' : 'running');
    lost = () => false;
    await pass(6);
    expect(client(ines).recorder).toBe(yes ? 'running' : 'none');
  });

  test('one of which nothing is heard any more is over', async () => {
    client(ines).recording.ask();
    client(tom).recording.answer(true);
    lost = (from) => from === ines;
    await pass(14);
    expect(client(tom).view?.state).toBe('running');
    await pass(2);
    expect(client(tom).view).toBeNull();
    expect(client(tom).tones).toEqual([true, false]);
  });

  test('and one whose owner left without a word', async () => {
    client(ines).recording.ask();
    lost = (from) => from === ines;
    clients.delete(ines);
    put('tom');
    await pass(1);
    expect(client(tom).view).toBeNull();
  });
});

// Whatever happens, in whatever order.
test('never runs without the consent of all on stage', async () => {
  let seed = 7;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 16) % n;
  };
  const all = ['ines', 'tom', 'zoe'];
  const yes = new Map<string, string>(); // who has agreed, to which recording
  const kept = new Map<string, Set<string>>();
  lost = (from, content) => {
    if (random(4) === 0) return true;
    if (content.kind === 'answer') {
      if (content.yes) yes.set(from, content.recording);
      else yes.delete(from);
    }
    if (content.kind === 'recording') kept.set(from, new Set(content.agreed));
    return false;
  };
  let ran = 0;
  for (let i = 0; i < 5000; i++) {
    const one = client(all[random(3)] as string);
    const what = random(6);
    if (what === 0) one.recording.ask();
    if (what === 1) one.recording.answer(random(4) !== 0);
    if (what === 2) one.recording.stop();
    if (what === 3) put(...all.filter(() => random(3) > 0));
    if (what === 4) await pass(1);
    for (const [name, { recorder, view }] of clients) {
      if (recorder !== 'running') continue;
      ran++;
      for (const account of stage)
        expect(account === name || yes.has(account), `${account} at ${i}`).toBe(true);
      expect(view?.waiting, `at ${i}`).toEqual([]);
    }
  }
  expect(ran).toBeGreaterThan(50);
});
