// The only place that reads or writes SDP (RFC 8866, RFC 8829). The browser makes an offer to itself; the
// parameters that matter are read from it and go to the server as JSON, and the answer is written from the
// JSON that comes back. The server never sees SDP, so an SDP parser is no part of its attack surface.

import type { MediaReply, MediaRequest, RoomCard } from '../api/messages.ts';
import { b64, hex, unb64, unhex } from '../base/bytes.ts';

export const SENDERS = 2; // variants A and B
export const SLOTS = 4;

const LEVEL_EXTENSION = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level'; // RFC 6464
// Constant bit rate, no silence suppression: the size and the rhythm of packets say nothing about the speech.
const VOICE = 'minptime=10;useinbandfec=1;cbr=1;maxaveragebitrate=32000;stereo=0;usedtx=0';
const MUSIC = 'minptime=10;useinbandfec=0;cbr=1;maxaveragebitrate=96000;stereo=1;usedtx=0';

// What the answer depends on. A sensitive room takes no audio level, and music of a rate that leaves its one size of
// packet room for browsers that do not keep to a constant one (Firefox).
export type Kind = Pick<RoomCard, 'sound' | 'sensitive'>;

function opus({ sound, sensitive }: Kind): string {
  if (sound === 'voice') return VOICE;
  return sensitive ? MUSIC.replace('96000', '64000') : MUSIC;
}

export interface Offer {
  request: MediaRequest;
  mids: string[]; // senders first, then slots
}

export class SdpError extends Error {
  constructor(what: string) {
    super(`the browser's offer has no usable ${what}`);
    this.name = 'SdpError';
  }
}

export function readOffer(sdp: string): Offer {
  const [session, ...sections] = split(sdp);
  if (sections.length !== SENDERS + SLOTS) throw new SdpError('six audio sections');
  sections.forEach((section, i) => {
    const direction = i < SENDERS ? 'a=sendonly' : 'a=recvonly';
    if (!section[0]?.startsWith('m=audio ') || !section.includes(direction))
      throw new SdpError(direction.slice(2));
  });
  const first = sections[0] as string[];
  const all = [...(session as string[]), ...first];
  const pt = Number(find(all, /^a=rtpmap:(\d+) opus\/48000\/2$/i, 'Opus'));
  const level = all
    .map((line) => /^a=extmap:(\d+)(?:\/\S+)? (\S+)/.exec(line))
    .find((m) => m?.[2] === LEVEL_EXTENSION);
  return {
    request: {
      ufrag: find(all, /^a=ice-ufrag:(\S+)$/, 'ICE user name'),
      fingerprint: fingerprint(find(all, /^a=fingerprint:sha-256 ([0-9a-f:]+)$/i, 'SHA-256 fingerprint')),
      pt,
      level: level ? Number(level[1]) : 0,
      ssrc: [ssrc(first), ssrc(sections[1] as string[])],
    },
    mids: sections.map((section) => find(section, /^a=mid:(\S+)$/, 'MID')),
  };
}

// A listener asks for lost packets again (generic NACK, RFC 4585 6.2.1) only where both descriptions say so, and
// no browser says so for audio by itself.
export function askAgain(sdp: string): string {
  return sdp.replace(
    /^a=rtpmap:(\d+) opus\/48000\/2\r?$/gim,
    (line, pt) => `${line}\na=rtcp-fb:${pt} nack\r`,
  );
}

// Whether a decoder gives one channel or two is what our own description says (RFC 7587 6.1): with one, music in
// stereo is mixed down, nothing of it is lost.
export function hearStereo(sdp: string, stereo: boolean): string {
  const pt = find(sdp.split(/\r?\n/), /^a=rtpmap:(\d+) opus\/48000\/2$/i, 'Opus');
  return sdp.replace(
    new RegExp(`^(a=fmtp:${pt} )(.*?)\r?$`, 'gm'),
    (_, head, rest) => `${head}${rest.replace(/;stereo=\d/, '')};stereo=${stereo ? 1 : 0}\r`,
  );
}

export function writeAnswer(offer: Offer, reply: MediaReply, kind: Kind): string {
  const { mids } = offer;
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=msid-semantic: WMS *',
  ];
  mids.forEach((mid, i) => {
    const slot = i - SENDERS;
    lines.push(...transport(offer, reply, mid, kind));
    lines.push(...(slot < 0 ? fromUs(kind.sensitive ? 0 : offer.request.level) : toUs(reply, slot)));
    // Everything is bundled into the first section's transport (RFC 9143), so candidates stand there alone.
    if (i === 0) lines.push(...reply.candidates.map(candidate), 'a=end-of-candidates');
  });
  return `${lines.join('\r\n')}\r\n`;
}

function transport({ request }: Offer, reply: MediaReply, mid: string, kind: Kind): string[] {
  return [
    `m=audio 9 UDP/TLS/RTP/SAVPF ${request.pt}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=ice-ufrag:${reply.ufrag}`,
    `a=ice-pwd:${reply.pwd}`,
    `a=fingerprint:sha-256 ${colons(reply.fingerprint)}`,
    `a=setup:${reply.setup}`,
    'a=rtcp-mux',
    `a=rtpmap:${request.pt} opus/48000/2`,
    `a=rtcp-fb:${request.pt} nack`,
    `a=fmtp:${request.pt} ${opus(kind)}`,
  ];
}

function fromUs(level: number): string[] {
  return level > 0 ? ['a=recvonly', `a=extmap:${level} ${LEVEL_EXTENSION}`] : ['a=recvonly'];
}

// The SSRC is how the browser tells the slots apart: the server forwards no header extension, so no MID.
function toUs(reply: MediaReply, slot: number): string[] {
  return [
    'a=sendonly',
    `a=msid:slot${slot} slot${slot}`,
    `a=ssrc:${reply.slots[slot]} cname:aparte`,
    `a=ssrc:${reply.slots[slot]} msid:slot${slot} slot${slot}`,
  ];
}

// RFC 8839 5.1; the priority of a host candidate by RFC 8445 5.1.2.1, earlier addresses preferred. TCP comes after
// all UDP (RFC 6544 4.2): there a lost packet holds up those behind it.
function candidate({ address, port, tcp }: MediaReply['candidates'][number], i: number): string {
  const priority = (tcp ? 90 : 126) * 2 ** 24 + (65535 - i) * 2 ** 8 + 255;
  const head = `a=candidate:${i + 1} 1 ${tcp ? 'tcp' : 'udp'} ${priority} ${address} ${port} typ host`;
  return tcp ? `${head} tcptype passive` : head;
}

function split(sdp: string): string[][] {
  const sections: string[][] = [[]];
  for (const line of sdp.split(/\r?\n/)) {
    if (line.startsWith('m=')) sections.push([]);
    if (line !== '') sections.at(-1)?.push(line);
  }
  return sections;
}

function find(lines: string[], what: RegExp, name: string): string {
  for (const line of lines) {
    const found = what.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  throw new SdpError(name);
}

function ssrc(section: string[]): number {
  return Number(find(section, /^a=ssrc:(\d+) /, 'SSRC'));
}

function fingerprint(colonHex: string): string {
  const digits = colonHex.replaceAll(':', '');
  if (digits.length !== 64) throw new SdpError('fingerprint');
  return b64(unhex(digits));
}

// RFC 8122 5
function colons(hash: string): string {
  const bytes = unb64(hash, 32);
  if (!bytes) throw new RangeError('a fingerprint has 32 bytes');
  return hex(bytes)
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:');
}
