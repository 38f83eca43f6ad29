// Of the admin page: how the server is, in words, and what it bears. No figure is anybody's.

import type { JSX } from 'preact';
import { type Key, t, whenOf } from '../i18n/translate.ts';
import { type Health, LIMITS, type LimitName, REFUSED } from '../state/admin-model.ts';
import { attempt, useApp } from './view.ts';

const FULL = 0.9; // of a bound: from here on it is worth a look
const BUSY = 0.8; // of a core
const SLOW_MS = 2000;
const APART_MS = 60_000; // two clocks
const SMALL_DISK = 256 << 20;
const MB = 1 << 20;

export interface Line {
  text: string;
  look: boolean;
}

/** Every sentence, and whether it asks for a look. `clock`: of this device. */
export function linesOf(h: Health, clock: number): Line[] {
  return [
    { text: t('admin.running', { version: h.version, date: whenOf(h.since) }), look: false },
    ...ofUse(h),
    ...ofMedia(h),
    ...ofStore(h),
    ofClock(h.now - clock),
  ];
}

function ofUse(h: Health): Line[] {
  const places = h.limits.peers_per_thread * h.media.threads;
  const rows: [Key, number, number][] = [
    ['admin.use_members', h.members, h.limits.members],
    ['admin.use_sockets', h.sockets, h.limits.sockets],
    ['admin.use_rooms', h.rooms, h.limits.rooms],
    ['admin.use_people', h.people, places],
    ['admin.use_log', h.log_size, h.limits.log_records],
  ];
  return rows.map(([key, n, most]) => ({ text: t(key, { n, most }), look: n >= most * FULL }));
}

function ofMedia({ media, refused }: Health): Line[] {
  const { port, threads, up, peers, busy } = media;
  const ports = threads > 1 ? `${port}–${port + threads - 1}` : String(port);
  const tried = peers > 0 || refused.handshakes > 0;
  const key = up > 0 ? 'admin.ports_answer' : tried ? 'admin.ports_silent' : 'admin.ports_untried';
  return [
    { text: t(key, { ports, n: up }), look: up === 0 && tried },
    { text: t('admin.busy', { n: Math.round(busy / 10) }), look: busy >= BUSY * 1000 },
  ];
}

function ofStore({ store, disk }: Health): Line[] {
  const lines: Line[] = [
    store.written === undefined
      ? { text: t('admin.store_new'), look: false }
      : { text: t('admin.store_written', { date: whenOf(store.written) }), look: false },
  ];
  if (store.failed > 0) lines.push({ text: t('admin.store_failed', { n: store.failed }), look: true });
  if (store.slowest_ms >= SLOW_MS)
    lines.push({ text: t('admin.store_slow', { n: Math.round(store.slowest_ms / 1000) }), look: true });
  if (disk) {
    const text = t('admin.disk', { n: Math.floor(disk.left / MB), most: Math.floor(disk.whole / MB) });
    lines.push({ text, look: disk.left < SMALL_DISK });
  }
  return lines;
}

function ofClock(apart: number): Line {
  if (Math.abs(apart) < APART_MS) return { text: t('admin.clock'), look: false };
  return { text: t('admin.clock_apart', { n: Math.round(Math.abs(apart) / 1000) }), look: true };
}

// What never happens by itself; the rest is the daily noise of networks and scanners.
const ODD = new Set<string>(['fingerprints']);

export function refusedOf({ refused }: Health): Line[] {
  return REFUSED.filter((why) => refused[why] > 0).map((why) => ({
    text: t(`admin.refused_${why}`, { n: refused[why] }),
    look: ODD.has(why),
  }));
}

function Lines({ lines }: { lines: Line[] }): JSX.Element {
  return (
    <ul class="rows">
      {lines.map(({ text, look }) => (
        <li key={text} class="row">
          <span>
            <strong>{text}</strong>
            <span class={look ? 'warn' : 'soft'}>{t(look ? 'admin.look' : 'admin.normal')}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

export function HealthSection(): JSX.Element {
  const { health, loadHealth } = useHealth();
  return (
    <section aria-labelledby="admin-health" class="stack">
      <h3 id="admin-health">{t('admin.health')}</h3>
      {health && (
        <>
          <Lines lines={linesOf(health, Date.now())} />
          <h4>{t('admin.refused')}</h4>
          {refusedOf(health).length === 0 && <p>{t('admin.refused_none')}</p>}
          <Lines lines={refusedOf(health)} />
        </>
      )}
      <p class="hint">{t('admin.health_text')}</p>
      <button type="button" class="button wide" onClick={() => void attempt(loadHealth())}>
        {t('admin.again')}
      </button>
    </section>
  );
}

function useHealth() {
  const { admin } = useApp();
  return { health: admin.health.value, loadHealth: () => admin.loadHealth() };
}

const GROUPS: [Key, LimitName[]][] = [
  ['admin.limits_people', ['members', 'devices_per_member', 'chain_depth', 'log_records']],
  ['admin.limits_invites', ['invites_per_member', 'invites_per_admin', 'invite_days']],
  ['admin.limits_rooms', ['rooms', 'people_per_room', 'stage', 'peers_per_thread']],
  [
    'admin.limits_pace',
    [
      'messages_per_second',
      'chat_ms',
      'profiles_per_day',
      'removals_per_minute',
      'sockets',
      'sockets_per_address',
    ],
  ],
  ['admin.limits_kept', ['events', 'reports', 'report_days', 'alerts']],
];

export function LimitsSection(): JSX.Element | null {
  const { health } = useHealth();
  const { events, reports, admin } = useApp();
  if (!health) return null;
  const used: Partial<Record<LimitName, number>> = {
    members: health.members,
    rooms: health.rooms,
    sockets: health.sockets,
    log_records: health.log_size,
    events: events.list.value.length,
    reports: reports.waiting.value,
  };
  if (admin.alerts.value) used.alerts = admin.alerts.value.length;
  return (
    <details class="fold">
      <summary>{t('admin.limits')}</summary>
      <p class="hint">{t('admin.limits_text')}</p>
      {GROUPS.map(([title, names]) => (
        <section key={title} aria-label={t(title)}>
          <h4>{t(title)}</h4>
          <ul class="rows">
            {names.map((name) => (
              <Limit key={name} name={name} most={health.limits[name]} used={used[name]} />
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}

function Limit({
  name,
  most,
  used,
}: {
  name: LimitName;
  most: number;
  used: number | undefined;
}): JSX.Element {
  return (
    <li class="row">
      <span>
        <strong>{t(`admin.limit_${name}`, { n: most })}</strong>
        {used !== undefined && <span class="soft">{t('admin.used', { n: used })}</span>}
      </span>
    </li>
  );
}

/** Each bound that the server tells stands in one group. */
export const shownLimits = (): LimitName[] =>
  LIMITS.filter((name) => GROUPS.some(([, names]) => names.includes(name)));
