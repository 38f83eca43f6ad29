// A calendar file (RFC 5545) for one event, made here: no server learns who wants one. A sensitive event keeps its
// title to the club, for calendars are synced, shared and shown on locked screens.

export interface CalendarEvent {
  id: string;
  title: string; // '' or of a sensitive event: `neutral` stands for it
  sensitive: boolean;
  start: number;
}

const HOUR_MS = 3_600_000;

// 3.3.5, form 2: UTC.
const stamp = (ms: number): string => `${new Date(ms).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;

// 3.3.11
const escaped = (text: string): string => text.replace(/[\\;,]/g, '\\$&').replace(/\r?\n/g, '\\n');

// 3.1: lines of at most 75 octets, without the break; what follows starts with a space. No character is cut in two.
function folded(line: string): string {
  const lines: string[] = [];
  let now = '';
  let octets = 0;
  for (const char of line) {
    const size = new TextEncoder().encode(char).length;
    if (octets + size > 75) {
      lines.push(now);
      now = ' ';
      octets = 1;
    }
    now += char;
    octets += size;
  }
  return [...lines, now].join('\r\n');
}

export function icsOf(event: CalendarEvent, neutral: string, origin: string, now: number): string {
  const summary = event.sensitive || event.title === '' ? neutral : event.title;
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Aparte//EN',
    'BEGIN:VEVENT',
    `UID:${event.id}@${new URL(origin).host}`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART:${stamp(event.start)}`,
    `DTEND:${stamp(event.start + HOUR_MS)}`,
    `SUMMARY:${escaped(summary)}`,
    `URL:${origin}/`,
    'CLASS:PRIVATE',
    'BEGIN:VALARM',
    'ACTION:DISPLAY',
    `DESCRIPTION:${escaped(summary)}`,
    'TRIGGER:-PT10M',
    'END:VALARM',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]
    .map(folded)
    .join('\r\n');
}
