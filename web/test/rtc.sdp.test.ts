import { describe, expect, test } from 'vitest';
import type { MediaReply } from '../src/api/messages.ts';
import { askAgain, hearStereo, readOffer, SdpError, writeAnswer } from '../src/rtc/sdp.ts';

// What Chromium 156 writes for two sendonly and four recvonly transceivers without tracks.
const FINGERPRINT =
  '84:70:54:52:2B:D3:88:DD:52:45:87:2B:AA:4D:47:37:8C:AE:42:D4:46:1C:A7:F6:0B:A3:53:29:51:BB:BD:75';
const SESSION = `v=0
o=- 7956914068091202057 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2 3 4 5
a=extmap-allow-mixed
a=msid-semantic: WMS`;
const section = (mid: number): string => `m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=ice-ufrag:GVK6
a=ice-pwd:XSHojXPUkdmb6Mjqf16GaPPj
a=ice-options:trickle
a=fingerprint:sha-256 ${FINGERPRINT}
a=setup:actpass
a=mid:${mid}
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=${mid < 2 ? 'sendonly' : 'recvonly'}
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000${mid < 2 ? `\na=ssrc:${3108026220 + mid} cname:iXTjytMqjY7Cf5YZ` : ''}`;
const lines = [SESSION, ...[0, 1, 2, 3, 4, 5].map(section)].join('\n');
const chromium = `${lines.replaceAll('\n', '\r\n')}\r\n`;
// Firefox puts the fingerprint on the session, names its MIDs and extensions otherwise.
const firefox = chromium
  .replaceAll(`a=fingerprint:sha-256 ${FINGERPRINT}\r\n`, '')
  .replace('t=0 0\r\n', `t=0 0\r\na=fingerprint:sha-256 ${FINGERPRINT.toLowerCase()}\r\n`)
  .replaceAll('a=extmap:1 urn', 'a=extmap:1/sendrecv urn')
  .replaceAll('111', '109')
  .replaceAll('a=mid:', 'a=mid:audio-');

const reply: MediaReply = {
  ufrag: 'sErV',
  pwd: 'abcdefghijklmnopqrstuv12',
  fingerprint: 'hHBUUivTiN1SRYcrqk1HN4yuQtRGHKf2C6NTKVG7vXU',
  candidates: [
    { address: '192.0.2.1', port: 8080 },
    { address: '2001:db8::1', port: 8081 },
    { address: '192.0.2.1', port: 8080, tcp: true },
  ],
  slots: [101, 102, 103, 4294967295],
  setup: 'passive',
};

describe('our own offer', () => {
  test('tells what the server needs', () => {
    expect(readOffer(chromium)).toEqual({
      request: {
        ufrag: 'GVK6',
        fingerprint: 'hHBUUivTiN1SRYcrqk1HN4yuQtRGHKf2C6NTKVG7vXU',
        pt: 111,
        level: 1,
        ssrc: [3108026220, 3108026221],
      },
      mids: ['0', '1', '2', '3', '4', '5'],
    });
  });

  test('is read in the other dialect too', () => {
    const { request, mids } = readOffer(firefox);
    expect(request).toMatchObject({ pt: 109, level: 1, fingerprint: reply.fingerprint });
    expect(mids[5]).toBe('audio-5');
  });

  test('asks for lost Opus packets again, in every section, and says nothing else', () => {
    const asking = askAgain(chromium);
    expect(asking.match(/^a=rtcp-fb:111 nack\r$/gm)?.length).toBe(6);
    expect(asking.replaceAll('a=rtcp-fb:111 nack\r\n', '')).toBe(chromium);
    expect(askAgain(firefox).match(/^a=rtcp-fb:109 nack\r$/gm)?.length).toBe(6);
    expect(readOffer(asking)).toEqual(readOffer(chromium));
  });

  test('may do without the audio level', () => {
    expect(readOffer(chromium.replaceAll('ssrc-audio-level', 'csrc-audio-level')).request.level).toBe(0);
  });

  test.each([
    ['no SSRC', chromium.replace(/a=ssrc:.*\r\n/, '')],
    ['no Opus', chromium.replaceAll('opus/48000/2', 'opus/8000')],
    ['no fingerprint', chromium.replaceAll('sha-256', 'sha-1')],
    ['a short fingerprint', chromium.replaceAll(':BD:75', ':BD')],
    ['no ICE', chromium.replaceAll('a=ice-ufrag', 'a=ice')],
    ['a section too few', chromium.slice(0, chromium.lastIndexOf('m=audio'))],
    ['directions swapped', chromium.replace('a=sendonly', 'a=recvonly')],
    ['video', chromium.replace('m=audio', 'm=video')],
    ['nothing', ''],
  ])('is refused with %s', (_, sdp) => {
    expect(() => readOffer(sdp)).toThrow(SdpError);
  });
});

test.each([
  ['Chromium', chromium, '111 minptime=10;useinbandfec=1'],
  [
    'a browser that has a wish of its own',
    chromium.replaceAll('fec=1', 'fec=1;stereo=1;x=2'),
    '111 minptime=10;useinbandfec=1;x=2',
  ],
])('our own description says how many channels we hear: %s', (_, sdp, head) => {
  for (const stereo of [true, false]) {
    const lines = hearStereo(sdp, stereo).split('\r\n');
    expect(lines.filter((line) => line === `a=fmtp:${head};stereo=${stereo ? 1 : 0}`).length).toBe(6);
    expect(lines.length).toBe(sdp.split('\r\n').length);
  }
});

describe('the answer', () => {
  const answer = writeAnswer(readOffer(chromium), reply, { sound: 'voice' });
  const sections = answer.split(/(?=m=)/).map((part) => part.split('\r\n').filter((line) => line !== ''));

  test('ends every line as RFC 8866 wants', () => {
    expect(answer.endsWith('\r\n')).toBe(true);
    expect(answer.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('is ICE-lite, bundled, DTLS-passive, Opus alone', () => {
    expect(sections[0]).toContain('a=ice-lite');
    expect(sections[0]).toContain('a=group:BUNDLE 0 1 2 3 4 5');
    expect(sections.length).toBe(7);
    sections.slice(1).forEach((part, mid) => {
      expect(part).toEqual(
        expect.arrayContaining([
          'm=audio 9 UDP/TLS/RTP/SAVPF 111',
          `a=mid:${mid}`,
          'a=setup:passive',
          'a=rtcp-mux',
          'a=rtcp-fb:111 nack',
          `a=fingerprint:sha-256 ${FINGERPRINT}`,
          'a=fmtp:111 minptime=10;useinbandfec=1;cbr=1;maxaveragebitrate=32000;stereo=0;usedtx=0',
          mid < 2 ? 'a=recvonly' : 'a=sendonly',
        ]),
      );
    });
    expect(answer).not.toMatch(/transport-cc|abs-send-time|sdes:mid|red\/|G722/);
  });

  test('keeps the audio level towards the server and no extension from it', () => {
    expect(sections.map((part) => part.filter((line) => line.startsWith('a=extmap')).length)).toEqual([
      0, 1, 1, 0, 0, 0, 0,
    ]);
  });

  test('has the candidates once, the first preferred', () => {
    const candidates = sections[1]?.filter((line) => line.startsWith('a=candidate'));
    expect(candidates).toEqual([
      'a=candidate:1 1 udp 2130706431 192.0.2.1 8080 typ host',
      'a=candidate:2 1 udp 2130706175 2001:db8::1 8081 typ host',
      'a=candidate:3 1 tcp 1526726143 192.0.2.1 8080 typ host tcptype passive',
    ]);
    expect(answer.match(/a=candidate/g)?.length).toBe(3);
  });

  test('tells the slots apart by SSRC', () => {
    expect(sections.map((part) => part.find((line) => line.includes('cname'))?.split(' ')[0])).toEqual([
      undefined,
      undefined,
      undefined,
      'a=ssrc:101',
      'a=ssrc:102',
      'a=ssrc:103',
      'a=ssrc:4294967295',
    ]);
  });

  test('for music asks for stereo at 96 kbit/s', () => {
    const lines = writeAnswer(readOffer(chromium), reply, { sound: 'music' }).split('\r\n');
    const opus = 'a=fmtp:111 minptime=10;useinbandfec=0;cbr=1;maxaveragebitrate=96000;stereo=1;usedtx=0';
    expect(lines.filter((line) => line === opus).length).toBe(6);
  });

  test.each([
    ['voice', 32000],
    ['music', 64000],
  ] as const)('in a sensitive room with %s has no audio level, and a constant bit rate', (sound, rate) => {
    const own = writeAnswer(readOffer(chromium), reply, { sound, sensitive: true });
    expect(own).not.toMatch(/extmap/);
    for (const wish of ['cbr=1', 'usedtx=0', `maxaveragebitrate=${rate};`])
      expect(own.split('\r\n').filter((l) => l.includes('a=fmtp:111') && l.includes(wish)).length).toBe(6);
  });

  test('names no audio level that was not offered', () => {
    expect(
      writeAnswer(readOffer(chromium.replaceAll('ssrc-audio-level', 'x')), reply, { sound: 'voice' }),
    ).not.toMatch(/extmap/);
  });
});
