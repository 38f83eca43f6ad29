// Keeps a join's path to the server alive. When it falls silent, or the network is another one, ICE starts anew
// on the connection that is there (room.path); only when that does not help, one joins again.

import type { Path } from '../rtc/connection.ts';

export interface PathPorts {
  renew(): Promise<void>; // rejects if the server refused, or the WebSocket is gone as well
  path(path: Path): void; // what the room is told; failed: nothing is left but to join again
}

const PATIENCE_MS = 1000; // many a path heals by itself
const TRY_MS = 4000;
const TRIES = 3; // all within the time that the server keeps the place

export class PathKeeper {
  #ports: PathPorts;
  #last: Path = 'looking'; // what the connection said
  #renewing = false;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(ports: PathPorts) {
    this.#ports = ports;
  }

  on(path: Path): void {
    const before = this.#last;
    this.#last = path;
    if (path === 'up') {
      this.#rest();
      this.#ports.path('up');
    } else if (before === 'looking') {
      this.#ports.path(path); // there never was one that could be renewed
    } else {
      this.#ports.path('down');
      if (path === 'failed') void this.#renew();
      else if (!this.#timer) this.#later(PATIENCE_MS);
    }
  }

  // The device is in another network: the old path may look alive for seconds.
  changed(): void {
    if (this.#last !== 'looking') void this.#renew();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#tries = 0;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#last === 'up') this.#rest();
      else void this.#renew();
    }, ms);
  }

  async #renew(): Promise<void> {
    if (this.#renewing || this.#closed) return;
    if (this.#tries === TRIES) {
      this.#ports.path('failed');
      return;
    }
    this.#tries++;
    this.#renewing = true;
    const renewed = await this.#ports.renew().then(
      () => true,
      () => false,
    );
    this.#renewing = false;
    if (this.#closed) return;
    if (renewed) {
      this.#later(TRY_MS);
      return;
    }
    this.#rest();
    if (this.#last !== 'up') this.#ports.path('failed'); // else it still works, whatever the WebSocket does
  }
}
