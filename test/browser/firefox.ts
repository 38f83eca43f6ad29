// Debian's Firefox ESR, driven over WebDriver BiDi (W3C): only the few commands that a test needs.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { install } from './ears.ts';
import { readWav } from './speech.ts';

const PREFERENCES: Record<string, string | number | boolean> = {
  'app.normandy.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'intl.accept_languages': 'en-GB',
  'intl.locale.requested': 'en-GB',
  'media.autoplay.blocking_policy': 0,
  'media.autoplay.default': 0,
  'media.navigator.permission.disabled': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'toolkit.telemetry.enabled': false,
};

/** Firefox sends no connectivity checks to 127.0.0.1: an address that is not the loopback. */
export function networkAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const found = all.find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!found)
    throw new Error('Firefox needs a network address beside the loopback, and this machine has none');
  return found.address;
}

/** Runs in the page: a microphone that says the words of a recording, which Firefox has no switch for. */
function speak(words: string): void {
  navigator.mediaDevices.getUserMedia = async () => {
    const audio = new AudioContext();
    await audio.resume();
    const samples = new Int16Array(Uint8Array.from(atob(words), (c) => c.charCodeAt(0)).buffer);
    const buffer = audio.createBuffer(1, samples.length, 8000);
    buffer.copyToChannel(
      Float32Array.from(samples, (s) => s / 32768),
      0,
    );
    const source = audio.createBufferSource();
    const out = audio.createMediaStreamDestination();
    source.buffer = buffer;
    source.loop = true;
    source.connect(out);
    source.start();
    return out.stream;
  };
}

interface Answer {
  id?: number;
  type?: string;
  message?: string;
  result?: unknown;
}

export class Firefox {
  readonly #sound: ChildProcess; // a sound server without a card: WebAudio has no clock else
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, { done: (a: unknown) => void; failed: (e: Error) => void }>();
  #socket!: WebSocket;
  #context = '';
  #id = 0;

  private constructor(profile: string) {
    this.#profile = profile;
    const socket = join(profile, 'pulse.sock');
    const env = { ...process.env, HOME: profile, XDG_RUNTIME_DIR: profile, PULSE_SERVER: `unix:${socket}` };
    this.#sound = spawn(
      'pulseaudio',
      [
        ...['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--disable-shm'],
        ...['-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
        ...['-L', 'module-null-sink rate=48000'],
      ],
      { stdio: 'ignore', env },
    );
    this.#child = spawn(
      'firefox-esr',
      ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'], env },
    );
  }

  /** `micFile`: a wav file of speech, or null for somebody who only listens. */
  static async launch(micFile: string | null): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'aparte-firefox-'));
    const lines = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join('\n'));
    const firefox = new Firefox(profile);
    await firefox.#connect();
    if (micFile) {
      const words = Buffer.from(readWav(micFile).slice(0, 80_000).buffer).toString('base64');
      await firefox.#preload(`() => { (${speak})(${JSON.stringify(words)}) }`);
    }
    await firefox.#preload(`${install}`);
    return firefox;
  }

  /** What the helpers of ears.ts need of a page. */
  get page(): Page {
    return this as unknown as Page;
  }

  async goto(url: string): Promise<void> {
    await this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' });
  }

  /** As Playwright's: `f` stands alone, runs in the page as if after a tap, and gives something that JSON can carry. */
  async evaluate<A, T>(f: (argument: A) => T | Promise<T>, argument?: A): Promise<T> {
    const expression = `(async () => JSON.stringify(await (${f})(${JSON.stringify(argument)})) ?? 'null')()`;
    const answer = (await this.#send('script.evaluate', {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
      userActivation: true,
    })) as { type: string; result?: { value: string }; exceptionDetails?: { text: string } };
    if (answer.type !== 'success' || !answer.result) throw new Error(answer.exceptionDetails?.text);
    return JSON.parse(answer.result.value) as T;
  }

  /** Presses the first button whose name contains `name`, once there is one. */
  async press(name: string): Promise<void> {
    const pressed = await this.evaluate(async (wanted: string) => {
      for (let i = 0; i < 200; i++) {
        const button = [...document.querySelectorAll('button')].find((b) =>
          (b.getAttribute('aria-label') ?? b.textContent ?? '').includes(wanted),
        );
        if (button) {
          button.click();
          return true;
        }
        await new Promise((r) => setTimeout(r, 100));
      }
      return false;
    }, name);
    if (!pressed) throw new Error(`no button "${name}"; the page says: ${await this.text()}`);
  }

  async sees(words: string): Promise<void> {
    const seen = await this.evaluate(async (wanted: string) => {
      for (let i = 0; i < 200; i++) {
        if (document.body.textContent?.includes(wanted)) return true;
        await new Promise((r) => setTimeout(r, 100));
      }
      return false;
    }, words);
    if (!seen) throw new Error(`nothing says "${words}"; the page says: ${await this.text()}`);
  }

  async type(text: string): Promise<void> {
    await this.evaluate(async (typed: string) => {
      let field: HTMLInputElement | null = null;
      for (let i = 0; i < 100 && !field; i++) {
        field = document.querySelector('input[type=text]');
        await new Promise((r) => setTimeout(r, 100));
      }
      if (!field) throw new Error('no field to type in');
      field.value = typed;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      await new Promise((r) => setTimeout(r, 100));
    }, text);
  }

  text(): Promise<string> {
    return this.evaluate(() => document.body.innerText);
  }

  async close(): Promise<void> {
    this.#socket.close();
    if (this.#child.exitCode === null) {
      this.#child.kill();
      await new Promise((done) => this.#child.once('exit', done));
    }
    this.#sound.kill();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #connect(): Promise<void> {
    const url = await new Promise<string>((done, failed) => {
      let said = '';
      this.#child.stderr?.on('data', (d) => {
        said += d;
        const found = /ws:\/\/127\.0\.0\.1:\d+/.exec(said);
        if (found) done(found[0]);
      });
      this.#child.once('exit', (code) => failed(new Error(`Firefox ended with ${code}:\n${said}`)));
      this.#child.once('error', failed);
    });
    this.#socket = new WebSocket(`${url}/session`);
    await new Promise((done, failed) => {
      this.#socket.onopen = done;
      this.#socket.onerror = failed;
    });
    this.#socket.onmessage = ({ data }) => this.#onAnswer(JSON.parse(String(data)) as Answer);
    await this.#send('session.new', { capabilities: {} });
    const tree = (await this.#send('browsingContext.getTree', {})) as { contexts: { context: string }[] };
    this.#context = tree.contexts[0]?.context ?? '';
  }

  #onAnswer({ id, type, message, result }: Answer): void {
    const waiting = this.#waiting.get(id ?? 0);
    this.#waiting.delete(id ?? 0);
    if (type === 'error') waiting?.failed(new Error(message));
    else waiting?.done(result);
  }

  #preload(functionDeclaration: string): Promise<unknown> {
    return this.#send('script.addPreloadScript', { functionDeclaration });
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#id;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
