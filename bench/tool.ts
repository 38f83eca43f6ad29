// A program of the bench that answers with one line of JSON for each line it is told.

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const benchFolder = new URL('../build/release/bench/', import.meta.url).pathname;

export class Tool {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(name: string, args: string[]) {
    this.#name = name;
    this.#child = spawn(name, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
  }

  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async line<T>(): Promise<T> {
    const next = await this.#lines.next();
    if (next.done) throw new Error(`${this.#name} has ended`);
    return JSON.parse(next.value) as T;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((done) => this.#child.once('exit', done));
    this.#child.stdin?.end('quit\n');
    await ended;
  }
}
