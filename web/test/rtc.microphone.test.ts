import { beforeEach, describe, expect, test } from 'vitest';
import { Microphone, type MicState, type MicWish } from '../src/rtc/microphone.ts';
import { missingFeature } from '../src/rtc/support.ts';

// The device's edge: a track is an EventTarget that can be stopped, and the browser says yes, no or nothing yet.
class Track extends EventTarget {
  enabled = true;
  stopped = false;
  stop(): void {
    this.stopped = true;
  }
}

let states: MicState[];
let asked: {
  how: MediaStreamConstraints | undefined;
  yes(track?: Track | null): void;
  no(name: string): void;
}[];
let mic: Microphone;
let wish: MicWish;

beforeEach(() => {
  states = [];
  asked = [];
  wish = { device: '', echo: true, noise: true, gain: true, stereo: false };
  const getUserMedia = (how?: MediaStreamConstraints): Promise<MediaStream> =>
    new Promise((resolve, reject) => {
      asked.push({
        how,
        yes: (track = new Track()) => {
          const tracks = track ? [track] : [];
          resolve({ getAudioTracks: () => tracks, getTracks: () => tracks } as unknown as MediaStream);
        },
        no: (name) => reject(Object.assign(new Error(name), { name })),
      });
    });
  mic = new Microphone(
    (state) => states.push(state),
    () => wish,
    { getUserMedia },
  );
});

describe('the microphone', () => {
  test('is asked for once, and opens silent', async () => {
    const track = new Track();
    const [one, two] = [mic.open(), mic.open()];
    expect(mic.state).toBe('asking');
    asked[0]?.yes(track);
    expect([await one, await two]).toEqual([track, track]);
    expect(await mic.open()).toBe(track);
    expect(asked.length).toBe(1);
    expect(track.enabled).toBe(false);
    mic.live(true);
    expect(track.enabled).toBe(true);
    mic.live(false);
    expect([track.enabled, track.stopped]).toEqual([false, false]);
    expect(states).toEqual(['asking', 'on']);
  });

  test.each([
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'missing'],
  ])('%s is %s, and may be asked for again', async (name, state) => {
    const opening = mic.open();
    asked[0]?.no(name);
    expect(await opening).toBeNull();
    expect(mic.state).toBe(state);
    const again = mic.open();
    asked[1]?.yes();
    expect(await again).not.toBeNull();
  });

  test('without a track is missing', async () => {
    const opening = mic.open();
    asked[0]?.yes(null);
    expect(await opening).toBeNull();
    expect(mic.state).toBe('missing');
  });

  test('stop gives the device back', async () => {
    const track = new Track();
    const opening = mic.open();
    asked[0]?.yes(track);
    await opening;
    mic.stop();
    expect([track.stopped, mic.track, mic.state]).toEqual([true, null, 'idle']);
  });

  test('an answer that comes after stop is let go', async () => {
    const [late, now] = [new Track(), new Track()];
    const first = mic.open();
    mic.stop();
    const second = mic.open();
    asked[0]?.yes(late);
    expect(await first).toBeNull();
    expect(late.stopped).toBe(true);
    expect(mic.state).toBe('asking');
    const third = mic.open();
    expect(asked.length).toBe(2);
    asked[1]?.yes(now);
    expect([await second, await third]).toEqual([now, now]);
    expect(mic.track).toBe(now);
  });

  test('a refusal that comes after stop changes nothing', async () => {
    const first = mic.open();
    mic.stop();
    asked[0]?.no('NotAllowedError');
    await first;
    expect(mic.state).toBe('idle');
  });

  test('that the system takes away has ended, and can be opened again', async () => {
    const track = new Track();
    const opening = mic.open();
    asked[0]?.yes(track);
    await opening;
    track.dispatchEvent(new Event('ended'));
    expect([mic.state, mic.track, track.stopped]).toEqual(['ended', null, true]);
    const again = mic.open();
    asked[1]?.yes();
    expect(await again).not.toBe(track);
    track.dispatchEvent(new Event('ended')); // the old one has no say any more
    expect(mic.state).toBe('on');
  });
});

describe('the wishes', () => {
  test('are only wishes: a device that is gone is replaced', async () => {
    wish = { device: 'headset', echo: false, noise: true, gain: false, stereo: true };
    void mic.open();
    expect(asked[0]?.how).toEqual({
      audio: {
        deviceId: 'headset',
        echoCancellation: false,
        noiseSuppression: true,
        autoGainControl: false,
        channelCount: 2,
      },
      video: false,
    });
  });

  test('another device takes the place of the first, live if that one was', async () => {
    const [one, two] = [new Track(), new Track()];
    const first = mic.open();
    asked[0]?.yes(one);
    await first;
    mic.live(true);
    const second = mic.renew();
    expect([one.stopped, one.enabled]).toEqual([false, true]); // until the other one is there
    asked[1]?.yes(two);
    await second;
    expect([one.stopped, two.enabled, mic.track, mic.state]).toEqual([true, true, two, 'on']);
    one.dispatchEvent(new Event('ended'));
    expect(mic.state).toBe('on');
  });

  test('that fail leave nothing open', async () => {
    const one = new Track();
    const first = mic.open();
    asked[0]?.yes(one);
    await first;
    const second = mic.renew();
    asked[1]?.no('NotFoundError');
    expect(await second).toBeNull();
    expect([one.stopped, mic.track, mic.state]).toEqual([true, null, 'missing']);
  });
});

test('a microphone that the phone holds is paused; pressing again asks for it anew', async () => {
  const [one, two] = [new Track(), new Track()];
  const first = mic.open();
  asked[0]?.yes(one);
  await first;
  one.dispatchEvent(new Event('mute'));
  expect(mic.state).toBe('paused');
  one.dispatchEvent(new Event('unmute'));
  expect(mic.state).toBe('on');
  one.dispatchEvent(new Event('mute'));
  const again = mic.open();
  asked[1]?.yes(two);
  expect(await again).toBe(two);
  one.dispatchEvent(new Event('unmute')); // the old one has no say any more
  two.dispatchEvent(new Event('mute'));
  expect([one.stopped, mic.state]).toEqual([true, 'paused']);
});

describe('what encryption needs', () => {
  const full = {
    isSecureContext: true,
    WebSocket: 1,
    indexedDB: 1,
    RTCPeerConnection: 1,
    RTCRtpScriptTransform: 1,
    crypto,
  };
  const scope = (change: object): typeof globalThis =>
    ({ ...full, ...change }) as unknown as typeof globalThis;

  test('is there', async () => {
    expect(await missingFeature(scope({}))).toBeNull();
  });

  test('or is named', async () => {
    expect(await missingFeature(scope({ isSecureContext: false }))).toBe('HTTPS');
    const { RTCRtpScriptTransform: _, ...without } = full;
    expect(await missingFeature(without as unknown as typeof globalThis)).toBe('RTCRtpScriptTransform');
    const lacking = (name: string) =>
      scope({
        crypto: {
          subtle: {
            generateKey: (algorithm: { name: string }) =>
              algorithm.name === name ? Promise.reject(new Error('NotSupportedError')) : Promise.resolve({}),
          },
        },
      });
    expect(await missingFeature(lacking('Ed25519'))).toBe('Ed25519');
    expect(await missingFeature(lacking('X25519'))).toBe('X25519');
  });
});
