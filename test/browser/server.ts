// A real server for a test: its own data folder and ports, the sanitized build with its test hooks.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

/** `build`: the folder of the binary; `test` is the sanitized one with its hooks. */
export const binary = (build = 'test'): string => `${root}build/${build}/src/server/aparte`;

function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const s = createServer();
    s.once('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const a = s.address();
      s.close(() => resolve(typeof a === 'object' && a ? a.port : 0));
    });
  });
}

/** Free for TCP and for UDP: the server takes both. */
export async function freePort(): Promise<number> {
  const port = await freeTcpPort();
  const s = createSocket('udp4');
  const free = new Promise<boolean>((resolve) => {
    s.once('error', () => resolve(false));
    s.bind(port, () => resolve(true));
  });
  const good = await free;
  await new Promise<void>((resolve) => s.close(() => resolve()));
  return good ? port : freePort();
}

export class Server {
  readonly dir = mkdtempSync(join(tmpdir(), 'aparte-test-'));
  founderLink = '';
  port = 0;
  log = '';
  #child: ChildProcess | undefined;

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  async start(extra: Record<string, string> = {}, build?: string): Promise<void> {
    this.port ||= await freePort();
    const child = spawn(binary(build), ['serve'], {
      cwd: this.dir,
      env: {
        ...process.env,
        APARTE_DATA: join(this.dir, 'data'),
        APARTE_LISTEN: `localhost:${this.port}`,
        APARTE_MEDIA_PORT: String(this.port),
        APARTE_WEB: `${root}build/web`,
        ASAN_OPTIONS: 'abort_on_error=0:exitcode=99:detect_leaks=1',
        ...extra,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (d) => {
      this.log += d;
    });
    child.stderr.on('data', (d) => {
      this.log += d;
    });
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.log}`);
      try {
        if (this.log.includes('Listening on https:') || (await fetch(`${this.origin}/readyz`)).ok) break;
      } catch {
        // not listening yet
      }
      await new Promise((r) => setTimeout(r, 50));
    }
    // What it printed may arrive after its first answer.
    for (let i = 0; i < 100 && !this.founderLink && !/^Founder link: /m.test(this.log); i++)
      await new Promise((r) => setTimeout(r, 20));
    this.founderLink = /^Founder link: (\S+)$/m.exec(this.log)?.[1] ?? this.founderLink;
  }

  /** Stops it as an operator would; resolves with its exit code, which is 0 unless a sanitizer objected. */
  async stop(): Promise<number> {
    const child = this.#child;
    if (!child) return 0;
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((r) => child.once('exit', r));
    }
    this.#child = undefined;
    return child.exitCode ?? -1;
  }

  /** What the operator's command says, with --json. */
  operator(...command: string[]): Record<string, unknown> {
    const args = [...command, '--json', '--data', join(this.dir, 'data')];
    return JSON.parse(execFileSync(binary(), args, { encoding: 'utf8' })) as Record<string, unknown>;
  }

  /** kill -9: nothing is said, written or closed any more. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await new Promise((r) => child.once('exit', r));
  }

  forget(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
