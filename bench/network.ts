// Where the benches measure: two network namespaces with a veth pair between them, the server in one and the crowd in
// the other, each on a core of its own. Incoming packets of the crowd are taken in on its core (RPS), so that the
// server pays for sending alone, as it does with a real card. `sink` turns the crowd's addresses into a device that
// drops everything: the price of the sender's half of the kernel alone. Needs root; leaves nothing behind.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

export const SERVER = '10.8.0.1';
const GATE = '10.8.0.2';
export const CROWD = '10.9.0.0';
const RANGE = '10.9.0.0/16';
const BACKLOG = '/proc/sys/net/core/netdev_max_backlog';
const BACKLOG_PACKETS = '200000';

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });

export class Network {
  readonly server = `aparte-s${process.pid}`;
  readonly crowd = `aparte-c${process.pid}`;
  private backlog = '';

  constructor() {
    if (process.getuid?.() !== 0) throw new Error('this bench makes network namespaces: run it as root');
    this.backlog = readFileSync(BACKLOG, 'utf8').trim();
    writeFileSync(BACKLOG, BACKLOG_PACKETS); // a burst to ten thousand waits there for the other core
    process.on('exit', () => this.close());
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
    for (const ns of [this.server, this.crowd]) {
      ip('netns', 'add', ns);
      ip('-n', ns, 'link', 'set', 'lo', 'up');
      this.inside(ns, 'sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0');
    }
    const s = ['-n', this.server];
    const c = ['-n', this.crowd];
    ip(...s, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', 'in', 'netns', this.crowd);
    ip(...s, 'link', 'add', 'sink', 'type', 'ifb');
    ip(...s, 'addr', 'add', `${SERVER}/24`, 'dev', 'out');
    ip(...c, 'addr', 'add', `${GATE}/24`, 'dev', 'in');
    ip(...s, 'link', 'set', 'out', 'up');
    ip(...s, 'link', 'set', 'sink', 'up');
    ip(...c, 'link', 'set', 'in', 'up');
    ip(...c, 'route', 'add', 'local', RANGE, 'dev', 'lo');
    this.deliver();
    this.inside(this.crowd, 'sh', '-c', 'echo 2 > /sys/class/net/in/queues/rx-0/rps_cpus'); // a mask: core 1
  }

  private inside(ns: string, ...command: string[]): void {
    execFileSync('ip', ['netns', 'exec', ns, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** The crowd gets what is sent to it. */
  deliver(): void {
    ip('-n', this.server, 'route', 'replace', RANGE, 'via', GATE);
  }

  /** Nobody does. */
  sink(): void {
    ip('-n', this.server, 'route', 'replace', RANGE, 'dev', 'sink');
  }

  close(): void {
    if (!this.backlog) return;
    writeFileSync(BACKLOG, this.backlog);
    this.backlog = '';
    for (const ns of [this.server, this.crowd]) ip('netns', 'del', ns);
  }
}
