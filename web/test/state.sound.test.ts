// Sound without a browser: what a change of the settings does, levelling, and what the debug page finds.

import { signal } from '@preact/signals';
import { describe, expect, test, vi } from 'vitest';
import type { MediaFacts } from '../src/rtc/facts.ts';
import { readFacts } from '../src/rtc/facts.ts';
import { diagnose, type Look } from '../src/state/diagnosis.ts';
import { Levelling } from '../src/state/levelling.ts';
import type { PersonView, RoomView } from '../src/state/model.ts';
import type { Room } from '../src/state/room.ts';
import { type DevicesEdge, Sound } from '../src/state/sound.ts';
import { MockApp, person, speaking } from './mock-app.ts';

function roomWith(people: PersonView[], more: Partial<RoomView> = {}): RoomView {
  const app = new MockApp();
  app.inRoom(people, more);
  return app.room.value as RoomView;
}

const media = (change: Partial<MediaFacts> = {}): MediaFacts => ({
  path: { tcp: false, roundTripMs: 20 },
  received: 0,
  lost: 0,
  concealed: 0,
  samples: 0,
  sent: 0,
  mic: 0,
  ...change,
});
const look = (change: Partial<MediaFacts> = {}, frames: Partial<Look['frames']> = {}): Look => ({
  media: media(change),
  frames: { encrypted: 0, decrypted: 0, dropped: {}, ...frames },
});
const listener = [person(0), speaking(1, 0.5)];
const onStage = (more: Partial<PersonView> = {}): PersonView[] => [
  person(0, { stage: true, muted: false, ...more }),
];
const flowing = look({ received: 100, samples: 96_000, concealed: 500 });
const talking = look({ sent: 100, mic: 0.3 }, { encrypted: 100 });

describe('the debug page', () => {
  test.each<[string, Look, Look, RoomView, string[]]>([
    ['no connection', look(), { ...look(), media: null }, roomWith(listener), ['sound.path_none']],
    ['no path', look(), look({ path: null }), roomWith(listener), ['sound.path_none']],
    ['all well', look(), flowing, roomWith(listener), ['sound.all_well', 'sound.path_udp', 'sound.hearing']],
    [
      'TCP is worth a word and no fault',
      look(),
      look({ received: 100, path: { tcp: true, roundTripMs: 20 } }),
      roomWith(listener),
      ['sound.all_well', 'sound.path_tcp', 'sound.hearing'],
    ],
    [
      'a slow path',
      look(),
      look({ received: 100, path: { tcp: true, roundTripMs: 900 } }),
      roomWith(listener),
      ['sound.path_slow', 'sound.hearing'],
    ],
    ['nothing arrives', look(), look(), roomWith(listener), ['sound.path_udp', 'sound.no_packets']],
    [
      'nobody talks',
      look(),
      look(),
      roomWith([person(0), speaking(1, 0, { muted: true })]),
      ['sound.all_well', 'sound.path_udp', 'sound.nobody'],
    ],
    [
      'no key',
      look({}, { dropped: { unknown_key: 5 } }),
      look({ received: 100, samples: 96_000, concealed: 90_000 }, { dropped: { unknown_key: 50 } }),
      roomWith(listener),
      ['sound.path_udp', 'sound.key_missing'],
    ],
    [
      'what was dropped before does not count',
      look({}, { dropped: { unknown_key: 5, tag: 3 } }),
      look({ received: 100 }, { dropped: { unknown_key: 5, tag: 3 } }),
      roomWith(listener),
      ['sound.all_well', 'sound.path_udp', 'sound.hearing'],
    ],
    [
      'frames that nobody here made',
      look(),
      look({ received: 100 }, { dropped: { tag: 1 } }),
      roomWith(listener),
      ['sound.path_udp', 'sound.refused'],
    ],
    [
      'loss and holes',
      look(),
      look({ received: 80, lost: 20, samples: 90_000, concealed: 10_000 }),
      roomWith(listener),
      ['sound.path_udp', 'sound.lost', 'sound.concealed'],
    ],
    [
      'blocked, and turned down',
      look(),
      look({ received: 100 }),
      roomWith(listener, { tapToListen: true, volume: signal({ [listener[1]?.account ?? '']: 0 }) }),
      ['sound.path_udp', 'sound.blocked', 'sound.turned_down'],
    ],
    [
      'we are heard',
      look(),
      talking,
      roomWith(onStage()),
      ['sound.all_well', 'sound.path_udp', 'sound.nobody', 'sound.speaking'],
    ],
    [
      'a silent microphone',
      look(),
      look({ sent: 100 }, { encrypted: 100 }),
      roomWith(onStage()),
      ['sound.path_udp', 'sound.nobody', 'sound.mic_silent'],
    ],
    [
      'nothing is sent',
      look(),
      look({ mic: 0.3 }),
      roomWith(onStage()),
      ['sound.path_udp', 'sound.nobody', 'sound.not_sent'],
    ],
    [
      'nothing is encrypted',
      look(),
      look({ mic: 0.3, sent: 40 }),
      roomWith(onStage()),
      ['sound.path_udp', 'sound.nobody', 'sound.send_key'],
    ],
    [
      'held back',
      look(),
      talking,
      roomWith(onStage(), { quiet: true }),
      ['sound.path_udp', 'sound.nobody', 'sound.held_back'],
    ],
    [
      'muted',
      look(),
      look(),
      roomWith(onStage({ muted: true })),
      ['sound.all_well', 'sound.path_udp', 'sound.nobody', 'sound.muted'],
    ],
    [
      'a microphone that the browser blocks',
      look(),
      look(),
      roomWith(onStage({ muted: true }), { mic: 'denied' }),
      ['sound.path_udp', 'sound.nobody', 'room.mic_denied'],
    ],
    [
      'a phone that paused the microphone',
      look(),
      look(),
      roomWith(onStage(), { mic: 'paused' }),
      ['sound.path_udp', 'sound.nobody', 'room.mic_away'],
    ],
  ])('%s', (_, before, after, room, keys) => {
    expect(diagnose(before, after, room, new Set()).map(({ key }) => key)).toEqual(keys);
  });

  test('whom one has muted for oneself is said by name', () => {
    const found = diagnose(
      look(),
      look({ received: 100 }),
      roomWith(listener),
      new Set([listener[1]?.account ?? '']),
    );
    expect(found).toContainEqual({ kind: 'bad', key: 'sound.turned_down', params: { names: 'Tom Okafor' } });
  });

  test('reads the counters of a connection, and no address', async () => {
    const stats = [
      { type: 'transport', id: 'T', selectedCandidatePairId: 'P2' },
      { type: 'candidate-pair', id: 'P1', state: 'failed', localCandidateId: 'L1' },
      {
        type: 'candidate-pair',
        id: 'P2',
        state: 'succeeded',
        localCandidateId: 'L2',
        currentRoundTripTime: 0.04,
      },
      { type: 'local-candidate', id: 'L1', protocol: 'udp', address: '192.0.2.1' },
      { type: 'local-candidate', id: 'L2', protocol: 'tcp', address: '192.0.2.2' },
      {
        type: 'inbound-rtp',
        packetsReceived: 10,
        packetsLost: 1,
        concealedSamples: 30,
        silentConcealedSamples: 10,
      },
      { type: 'inbound-rtp', packetsReceived: 5, totalSamplesReceived: 960 },
      { type: 'outbound-rtp', packetsSent: 7 },
      { type: 'media-source', audioLevel: 0.5 },
    ];
    const facts = await readFacts({
      getStats: async () => new Map(stats.map((s, i) => [String(i), s])) as never,
    });
    expect(facts).toEqual({
      path: { tcp: true, roundTripMs: 40 },
      received: 15,
      lost: 1,
      concealed: 20,
      samples: 960,
      sent: 7,
      mic: 0.5,
    });
  });
});

describe('levelling', () => {
  const hear = (levelling: Levelling, who: string, level: number, readings: number): void => {
    for (let i = 0; i < readings; i++) levelling.heard(who, level);
  };

  test('turns a loud voice down towards the quiet one, within bounds, and nobody up', () => {
    const levelling = new Levelling();
    hear(levelling, 'loud', 0.24, 200);
    hear(levelling, 'shout', 1, 200);
    hear(levelling, 'quiet', 0.06, 200);
    expect(levelling.gain('loud')).toBeCloseTo(0.5, 1);
    expect(levelling.gain('shout')).toBeCloseTo(0.35, 1);
    expect([levelling.gain('quiet'), levelling.gain('never heard')]).toEqual([1, 1]);
  });

  test('pauses change nothing, and only a change that can be heard is told', () => {
    const levelling = new Levelling();
    hear(levelling, 'loud', 0.24, 200);
    const before = levelling.gain('loud');
    hear(levelling, 'loud', 0, 500);
    expect(levelling.gain('loud')).toBe(before);
    expect(levelling.heard('loud', 0.24)).toBe(false);
  });
});

describe('the devices', () => {
  function edge(devices: Partial<MediaDeviceInfo>[]): DevicesEdge & { plug(): void } {
    const listeners: (() => void)[] = [];
    return {
      enumerateDevices: async () => devices as MediaDeviceInfo[],
      addEventListener: (_: string, f: unknown) => void listeners.push(f as () => void),
      plug: () => {
        for (const f of listeners) f();
      },
    } as DevicesEdge & { plug(): void };
  }

  test('are listed by kind, without the one that stands for the system', async () => {
    const list = edge([
      { kind: 'audioinput', deviceId: 'default', label: 'Default' },
      { kind: 'audioinput', deviceId: 'a', label: 'Headset' },
      { kind: 'audioinput', deviceId: '', label: '' }, // before the microphone was allowed
      { kind: 'videoinput', deviceId: 'v', label: 'Camera' },
    ]);
    const sound = new Sound(() => null, list);
    await sound.loadDevices();
    expect(sound.microphones.value).toEqual([{ id: 'a', name: 'Headset' }]);
    expect(sound.speakers.value).toEqual([]); // nobody chooses here
  });

  test('that come and go are listed anew; a browser that has none does not fail', async () => {
    const devices: Partial<MediaDeviceInfo>[] = [];
    const list = edge(devices);
    const sound = new Sound(() => null, list);
    devices.push({ kind: 'audioinput', deviceId: 'a', label: 'Headset' });
    list.plug();
    await expect.poll(() => sound.microphones.value).toHaveLength(1);
    const none = new Sound(() => null, null);
    await none.loadDevices();
    expect(none.microphones.value).toEqual([]);
  });

  test('what a microphone is asked for: processed for talking, untouched and in stereo for music', () => {
    const sound = new Sound(() => null, null);
    sound.set({ microphone: 'a', noise: false });
    expect(sound.wish('voice')).toEqual({ device: 'a', echo: true, noise: false, gain: true, stereo: false });
    expect(sound.wish('music')).toEqual({
      device: 'a',
      echo: false,
      noise: false,
      gain: false,
      stereo: true,
    });
  });

  test('volumes are kept for those whom somebody changed, and not for ever', () => {
    const sound = new Sound(() => null, null);
    for (let i = 0; i < 250; i++) sound.keepVolume(`p${i}`, 0.5);
    sound.keepVolume('p249', 1);
    expect(Object.keys(sound.volumes)).toHaveLength(199);
    expect(sound.volumes.p60).toBe(0.5);
    expect(sound.volumes.p0).toBeUndefined();
  });

  test('whom somebody muted for themselves is kept, not for ever, and goes with the account', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    vi.stubGlobal('localStorage', storage);
    const rooms: string[] = [];
    const room = { volumeChanged: (account: string) => rooms.push(account) } as unknown as Room;
    const sound = new Sound(() => room, null);
    for (let i = 0; i < 250; i++) sound.muteForMe(`p${i}`, true);
    sound.muteForMe('p60', false);
    const again = new Sound(() => null, null);
    expect(again.unheard.value).toEqual(sound.unheard.value);
    expect(again.unheard.value.size).toBe(199);
    expect(['p0', 'p60', 'p61'].map((one) => again.unheard.value.has(one))).toEqual([false, false, true]);
    expect(rooms.length).toBe(251);
    sound.forget();
    expect(new Sound(() => null, null).unheard.value.size).toBe(0);
    vi.unstubAllGlobals();
  });
});
