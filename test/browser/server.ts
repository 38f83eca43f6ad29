// A real server for a test: its own data folder and ports, the sanitized build with its test hooks.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const s = createServer();
    s.once('error', reject);
    s.listen(0, '127.0.0.1', () => {
      const a = s.address();
      s.close(() => resolve(typeof a === 'object' && a ? a.port : 0));
    });
  });
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

  /** `build`: the folder of the binary; `test` is the sanitized one with its hooks. */
  async start(extra: Record<string, string> = {}, build = 'test'): Promise<void> {
    this.port ||= await freePort();
    const child = spawn(`${root}build/${build}/src/server/aparte`, ['serve'], {
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
        if ((await fetch(`${this.origin}/readyz`)).ok) break;
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

  forget(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
