// A bad network between one browser and the server: a UDP relay that loses datagrams in both directions. The
// browser is led to it by a change of the candidate in the answer that its own page has built.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Page } from 'playwright-core';

export class LossyRelay {
  loss = 0; // share of datagrams that are lost, 0..1
  lost = 0;
  passed = 0;
  again = 0; // datagrams of the server that are a second copy to the byte
  saw: (datagram: Buffer, up: boolean) => void = () => {}; // everything that comes by; up: towards the server
  readonly #front = createSocket('udp4');
  readonly #back = new Map<string, Socket>(); // one towards the server for every address of the browser
  readonly #seen = new Set<string>();
  readonly #serverPort: number;

  constructor(serverPort: number) {
    this.#serverPort = serverPort;
  }

  async listen(): Promise<number> {
    this.#front.on('message', (data, from) => {
      const name = `${from.address} ${from.port}`;
      let back = this.#back.get(name);
      if (!back) {
        back = createSocket('udp4');
        back.on('message', (answer) => {
          const text = answer.toString('latin1');
          if (this.#seen.has(text)) this.again++;
          this.#seen.add(text);
          this.saw(answer, false);
          this.#pass(() => this.#front.send(answer, from.port, from.address));
        });
        this.#back.set(name, back);
      }
      const to = back;
      this.saw(data, true);
      this.#pass(() => to.send(data, this.#serverPort, '127.0.0.1'));
    });
    this.#front.bind(0, '127.0.0.1');
    await once(this.#front, 'listening');
    return this.#front.address().port;
  }

  #pass(send: () => void): void {
    const lost = Math.random() < this.loss;
    if (lost) {
      this.lost++;
    } else {
      this.passed++;
      send();
    }
  }

  close(): void {
    this.#front.close();
    for (const s of this.#back.values()) s.close();
  }
}

/** From the next load of the page on: what `rewrite` (it stands alone) makes of a candidate line is the candidate. */
export async function onCandidates(page: Page, rewrite: string): Promise<void> {
  await page.addInitScript(`{
    const rewrite = ${rewrite};
    const pcs = (window.__pcs = []);
    const set = RTCPeerConnection.prototype.setRemoteDescription;
    RTCPeerConnection.prototype.setRemoteDescription = function (d) {
      pcs.push(this);
      const lines = d.sdp.split('\\r\\n').map((l) => (l.startsWith('a=candidate:') ? rewrite(l) : l));
      return set.call(this, { type: d.type, sdp: lines.filter((l) => l !== null).join('\\r\\n') });
    };
  }`);
}

export interface Heard {
  samples: number;
  concealed: number;
  packets: number;
  lost: number;
  nacks: number;
}

/** What getStats of the page's connection says of the slot that most was received in. */
export function heard(page: Page): Promise<Heard> {
  return page.evaluate(async () => {
    const pcs = (window as unknown as { __pcs: RTCPeerConnection[] }).__pcs;
    const report = await pcs.at(-1)?.getStats();
    const best = { samples: 0, concealed: 0, packets: 0, lost: 0, nacks: 0 };
    report?.forEach((s: Record<string, number | string>) => {
      if (s.type !== 'inbound-rtp' || Number(s.packetsReceived) <= best.packets) return;
      best.samples = Number(s.totalSamplesReceived);
      best.concealed = Number(s.concealedSamples);
      best.packets = Number(s.packetsReceived);
      best.lost = Number(s.packetsLost);
      best.nacks = Number(s.nackCount ?? 0);
    });
    return best;
  });
}

/** Transport, address and port of the server in the pair of candidates that is in use. */
export function route(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const pcs = (window as unknown as { __pcs: RTCPeerConnection[] }).__pcs;
    const report = await pcs.at(-1)?.getStats();
    const all = new Map<string, Record<string, string>>();
    report?.forEach((s: Record<string, string>) => {
      all.set(s.id ?? '', s);
    });
    const transport = [...all.values()].find((s) => s.type === 'transport');
    const pair = all.get(transport?.selectedCandidatePairId ?? '');
    const far = all.get(pair?.remoteCandidateId ?? '');
    return far ? `${far.protocol} ${far.address} ${far.port}` : 'none';
  });
}
