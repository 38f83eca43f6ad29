// aparte-load and bench-raw as objects: start, measure, stop. See bench/load.c and bench/raw.c.

import { execFileSync } from 'node:child_process';
import { CROWD, type Network, SERVER } from './network.ts';
import { benchFolder as bin, Tool } from './tool.ts';

const aparte = new URL('../build/release/src/server/aparte', import.meta.url).pathname;
const MEDIA_PORT = 7000;
const CROWD_PORT = 40000;
const SERVER_CPU = 0;
const CROWD_CPU = 1;
/** What people do: a packet every 20 ms. */
export const RATE = 50;
/** RTP header, SRTP tag: what a datagram has besides its payload. */
const OVERHEAD_BYTES = 12 + 16;

export interface Ready {
  ready: boolean;
  up: number;
  failed: number;
  profile: number;
  join_ns: number;
  join_cpu_ns: number;
  memory_before_kb: number;
  memory_kb: number;
}

export interface Result {
  wall_ns: number;
  server_cpu_ns: number;
  load_cpu_ns: number;
  memory_kb: number;
  sent: number;
  expected: number;
  received: number;
  second: number;
  missing: number;
  reordered: number;
  forged: number;
  doubled: number;
  strange: number;
  refused: number;
  unsaid: number;
  unsent: number;
  p50_ns: number;
  p99_ns: number;
  p999_ns: number;
  max_ns: number;
  server: Record<string, number> | null;
}

export interface Crowd {
  /** `threads`, `club`: media threads; `janus`: its event loops, 0 for its default. */
  target: 'media' | { threads: number } | { club: number } | { janus: number };
  rooms?: number;
  speakers?: number;
  listeners: number;
  payload?: number;
  spread?: boolean;
  stamps?: boolean;
  /** Janus is let run on both cores where it has threads for both. */
  anyCpu?: boolean;
}

function address(target: Crowd['target']): string {
  if (target === 'media') return `host:${bin}media-host,${SERVER},${MEDIA_PORT},1`;
  if ('threads' in target) return `host:${bin}media-host,${SERVER},${MEDIA_PORT},${target.threads}`;
  if ('club' in target) return `club:${aparte},${SERVER},${MEDIA_PORT},${target.club}`;
  return `janus:${SERVER},${target.janus}`;
}

function options(network: Network, crowd: Crowd): string[] {
  const o = ['--first', CROWD, '--port', `${CROWD_PORT}`, '--cpu', `${CROWD_CPU}`];
  o.push('--server-netns', `/var/run/netns/${network.server}`, '--listeners', `${crowd.listeners}`);
  if (!crowd.anyCpu) o.push('--server-cpu', `${SERVER_CPU}`);
  if (crowd.rooms) o.push('--rooms', `${crowd.rooms}`);
  if (crowd.speakers) o.push('--speakers', `${crowd.speakers}`);
  if (crowd.payload) o.push('--payload', `${crowd.payload}`);
  if (crowd.spread) o.push('--spread');
  if (crowd.stamps) o.push('--stamps');
  return [...o, address(crowd.target)];
}

export class Load {
  readonly ready: Ready;
  private readonly tool: Tool;

  private constructor(tool: Tool, ready: Ready) {
    this.tool = tool;
    this.ready = ready;
  }

  /** Everyone is in when it resolves. */
  static async start(network: Network, crowd: Crowd): Promise<Load> {
    const command = ['netns', 'exec', network.crowd, `${bin}aparte-load`, ...options(network, crowd)];
    const tool = new Tool('ip', command);
    const ready = await tool.line<Ready>();
    // A few whom Janus never answers count as people who hear nothing; of ours, everyone comes in.
    const lost =
      typeof crowd.target === 'object' && 'janus' in crowd.target
        ? ready.failed * 20 > ready.up
        : !ready.ready;
    if (lost) throw new Error(`not everyone came in: ${JSON.stringify(ready)}`);
    return new Load(tool, ready);
  }

  /** Speakers of the first `rooms` rooms say `rate` packets a second. */
  measure(seconds: number, rate: number, rooms = 1): Promise<Result> {
    this.tool.tell(`measure ${seconds} ${rate} ${rooms}`);
    return this.tool.line<Result>();
  }

  /** Speakers say all they say in two variants, and listeners get one or the other; or no longer. */
  async twin(live: boolean): Promise<void> {
    this.tool.tell(`twin ${live ? 1 : 0}`);
    const { speakers } = await this.tool.line<{ speakers: number }>();
    if (speakers === 0) throw new Error('nobody speaks in two variants');
  }

  stop(): Promise<void> {
    return this.tool.stop();
  }
}

/** The kernel's own price: CPU ns per datagram of a loop that does nothing but send. */
export function raw(
  network: Network,
  n: number,
  gso: number,
  rate: number,
  seconds: number,
  payload = 148,
): number {
  const bytes = payload + OVERHEAD_BYTES;
  const args = [SERVER, CROWD, CROWD_PORT + 1, n, bytes, gso, rate, seconds].map(String);
  const command = ['netns', 'exec', network.server, 'taskset', '-c', `${SERVER_CPU}`, `${bin}bench-raw`];
  const out = execFileSync('ip', [...command, ...args], { encoding: 'utf8' });
  const { sent, cpu_ns } = JSON.parse(out) as { sent: number; cpu_ns: number };
  return cpu_ns / sent;
}
