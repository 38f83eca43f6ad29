// bench-guests as an object: the media connections of people who run their key machines here. See bench/guests.c.

import type { Requests } from '../web/src/api/messages.ts';
import { b64, hex, unb64, unhex } from '../web/src/base/bytes.ts';
import { benchFolder, Tool } from './tool.ts';

type Join = Requests['room.join'];

export class Guests {
  readonly #tool: Tool;
  readonly #fingerprint: string;
  #count = 0;

  private constructor(tool: Tool, fingerprint: string) {
    this.#tool = tool;
    this.#fingerprint = b64(unhex(fingerprint));
  }

  static async start(first: string, port: number): Promise<Guests> {
    const tool = new Tool(`${benchFolder}bench-guests`, [first, String(port)]);
    const { fingerprint } = await tool.line<{ fingerprint: string }>();
    return new Guests(tool, fingerprint);
  }

  /** What the next guest says of their end of the media in room.join. */
  terms(): Join[0]['media'] {
    const i = this.#count;
    const ssrc: [number, number] = [2 * i + 16, 2 * i + 17];
    return { ufrag: `guest${i}`, fingerprint: this.#fingerprint, pt: 111, level: 1, ssrc };
  }

  /** Connects the next guest by the server's answer. Returns their number. */
  come({ candidates, ufrag, pwd, fingerprint }: Join[1]['media']): number {
    const at = candidates[0];
    const print = unb64(fingerprint, 32);
    if (!at || !print) throw new Error('the server has no address');
    this.#tool.tell(`come ${this.#count} ${at.address} ${at.port} ${ufrag} ${pwd} ${hex(print)}`);
    return this.#count++;
  }

  say(guest: number): void {
    this.#tool.tell(`say ${guest}`);
  }

  /** When each guest heard the last packet of the one who speaks; ms since 1970, 0: never. */
  async heard(): Promise<{ up: number; at: number[] }> {
    this.#tool.tell('heard');
    const { up, heard_ns } = await this.#tool.line<{ up: number; heard_ns: number[] }>();
    return { up, at: heard_ns.map((ns) => ns / 1e6) };
  }

  stop(): Promise<void> {
    return this.#tool.stop();
  }
}
