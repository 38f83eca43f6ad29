// What is wrong with the sound, found from two looks at the counters some seconds apart. Pure: the page that shows it
// has a sentence for every finding.

import type { FrameStats, MediaFacts } from '../rtc/facts.ts';
import type { Finding, Id, RoomView } from './model.ts';

export interface Look {
  media: MediaFacts | null; // null: there is no connection
  frames: FrameStats;
}

const CONCEALED_BAD = 0.05; // of all samples: from here on it is heard
const LOST_BAD = 0.05;
const SLOW_MS = 400; // of a round trip
const SILENT = 0.002; // of a microphone that is on: even a quiet room is louder
const NO_KEY = ['no_key', 'unknown_key', 'unknown_sender'];
const REFUSED = ['header', 'replay', 'tag', 'forged', 'padding', 'error'];

export function diagnose(before: Look, after: Look, room: RoomView, unheard: ReadonlySet<Id>): Finding[] {
  const { media } = after;
  if (!media?.path || !before.media) return [bad('sound.path_none')];
  const findings = [
    ofPath(media.path),
    ...ofHearing(before, after, room, unheard),
    ...ofSpeaking(before, after, room),
  ];
  return findings.some(({ kind }) => kind === 'bad')
    ? findings
    : [{ ...good('sound.all_well') }, ...findings];
}

function ofPath({ tcp, roundTripMs }: NonNullable<MediaFacts['path']>): Finding {
  const params = { ms: Math.round(roundTripMs) };
  if (roundTripMs > SLOW_MS) return bad('sound.path_slow', params);
  return tcp ? { kind: 'note', key: 'sound.path_tcp', params } : good('sound.path_udp', params);
}

function ofHearing(before: Look, after: Look, room: RoomView, unheard: ReadonlySet<Id>): Finding[] {
  const findings: Finding[] = [];
  const talking = room.people.value.filter((p) => p.stage && !p.muted && !p.me && !p.away);
  const off = talking.filter((p) => unheard.has(p.account) || room.volume.value[p.account] === 0);
  const grown = (counter: (media: MediaFacts) => number): number =>
    counter(after.media as MediaFacts) - counter(before.media as MediaFacts);
  const packets = grown((m) => m.received);
  const lost = share(
    grown((m) => m.lost),
    packets,
  );
  const concealed = share(
    grown((m) => m.concealed),
    grown((m) => m.samples),
  );
  const noKey = dropped(before, after, NO_KEY);
  if (room.tapToListen) findings.push(bad('sound.blocked'));
  if (off.length > 0) findings.push(bad('sound.turned_down', { names: off.map((p) => p.name).join(', ') }));
  if (talking.length === 0) findings.push({ kind: 'note', key: 'sound.nobody', params: {} });
  else if (packets === 0) findings.push(bad('sound.no_packets'));
  if (packets > 0 && noKey > 0) findings.push(bad('sound.key_missing'));
  if (dropped(before, after, REFUSED) > 0) findings.push(bad('sound.refused'));
  if (packets > 0 && lost > LOST_BAD) findings.push(bad('sound.lost', { n: percent(lost) }));
  // Without a key everything is concealed: said once.
  if (packets > 0 && noKey === 0 && concealed > CONCEALED_BAD)
    findings.push(bad('sound.concealed', { n: percent(concealed) }));
  if (talking.length > 0 && packets > 0 && findings.length === 0) findings.push(good('sound.hearing'));
  return findings;
}

function ofSpeaking(before: Look, after: Look, room: RoomView): Finding[] {
  const me = room.me.value;
  if (!me?.stage) return [];
  if (room.mic === 'denied' || room.mic === 'missing') return [bad(`room.mic_${room.mic}`)];
  if (room.mic === 'ended' || room.mic === 'paused') return [bad('room.mic_away')];
  if (me.muted) return [{ kind: 'note', key: 'sound.muted', params: {} }];
  const sent = (after.media?.sent ?? 0) - (before.media?.sent ?? 0);
  if (room.quiet || room.trouble) return [bad('sound.held_back')];
  if ((after.media?.mic ?? 0) < SILENT && (before.media?.mic ?? 0) < SILENT) return [bad('sound.mic_silent')];
  if (after.frames.encrypted === before.frames.encrypted)
    return [bad(sent === 0 ? 'sound.not_sent' : 'sound.send_key')];
  return [good('sound.speaking')];
}

function dropped(before: Look, after: Look, why: string[]): number {
  return why.reduce((n, one) => n + (after.frames.dropped[one] ?? 0) - (before.frames.dropped[one] ?? 0), 0);
}

const share = (part: number, rest: number): number => (part > 0 ? part / (part + Math.max(0, rest)) : 0);
const percent = (part: number): number => Math.round(part * 100);
const bad = (key: string, params: Finding['params'] = {}): Finding => ({ kind: 'bad', key, params });
const good = (key: string, params: Finding['params'] = {}): Finding => ({ kind: 'good', key, params });
