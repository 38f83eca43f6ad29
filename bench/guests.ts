// bench-guests as an object: the media connections of people who run their key machines here. See bench/guests.c.

import type { Requests } from '../web/src/api/messages.ts';
import { type Bytes, b64, hex, unb64, unhex } from '../web/src/base/bytes.ts';
import { benchFolder, Tool } from './tool.ts';

type Join = Requests['room.join'];

const UP = 3; // CLIENT_UP of client.h

export class Guests {
  readonly #tool: Tool;
  readonly #fingerprint: string;
  count = 0;

  private constructor(tool: Tool, fingerprint: string) {
    this.#tool = tool;
    this.#fingerprint = b64(unhex(fingerprint));
  }

  static async start(first: string, port: number, folder = benchFolder): Promise<Guests> {
    const tool = new Tool(`${folder}bench-guests`, [first, String(port)]);
    const { fingerprint } = await tool.line<{ fingerprint: string }>();
    return new Guests(tool, fingerprint);
  }

  /** What the next guest says of their end of the media in room.join. */
  terms(): Join[0]['media'] {
    const i = this.count++;
    const ssrc: [number, number] = [2 * i + 16, 2 * i + 17];
    return { ufrag: `guest${i}`, fingerprint: this.#fingerprint, pt: 111, level: 1, ssrc };
  }

  /** Connects a guest, the last whose terms were asked for, by the server's answer. Returns their number. */
  come({ candidates, ufrag, pwd, fingerprint }: Join[1]['media'], guest = this.count - 1): number {
    const at = candidates[0];
    const print = unb64(fingerprint, 32);
    if (!at || !print) throw new Error('the server has no address');
    this.#tool.tell(`come ${guest} ${at.address} ${at.port} ${ufrag} ${pwd} ${hex(print)}`);
    return guest;
  }

  say(guest: number): void {
    this.#tool.tell(`say ${guest}`);
  }

  /** What the guest says from now on is sent under this SSRC. */
  as(guest: number, ssrc: number): void {
    this.#tool.tell(`as ${guest} ${ssrc}`);
  }

  /** Any bytes from the guest's address; `sealed`: as SRTP. */
  send(guest: number, bytes: Bytes, sealed: boolean): void {
    this.#tool.tell(`send ${guest} ${sealed ? 1 : 0} ${hex(bytes)}`);
  }

  /** When each guest heard the last packet of somebody who speaks (ms since 1970, 0: never), how many datagrams of any
   * kind came to it, and who has media. */
  async heard(): Promise<{ up: number; at: number[]; came: number[]; connected: boolean[] }> {
    this.#tool.tell('heard');
    const { up, heard_ns, came, states } = await this.#tool.line<{
      up: number;
      heard_ns: number[];
      came: number[];
      states: number[];
    }>();
    return { up, at: heard_ns.map((ns) => ns / 1e6), came, connected: states.map((s) => s === UP) };
  }

  stop(): Promise<void> {
    return this.#tool.stop();
  }
}
