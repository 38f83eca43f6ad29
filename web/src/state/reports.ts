// Reports: signed here and read by founder and admins alone. Evidence is text that our own screen showed; whoever
// reports has read it before it goes.

import { type Signal, signal } from '@preact/signals';
import type { Report } from '../api/messages.ts';
import type { Incoming } from '../socket/socket.ts';
import type { Core } from './core.ts';
import type { NewReport, Outcome, ReportControls } from './model.ts';
import { attempt } from './outcome.ts';

export class Reports implements ReportControls {
  readonly waiting = signal(0);
  readonly list: Signal<Report[] | null> = signal(null);
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  make(report: NewReport): Promise<Outcome> {
    return attempt(async () => {
      const time = Date.now();
      const sig = await this.#core.device.report({ ...report, time });
      await this.#core.request('report', { ...report, time, sig });
    });
  }

  load(): Promise<Outcome> {
    return attempt(async () => {
      this.list.value = (await this.#core.request('report.list', {})).reports;
    });
  }

  close(report: Report, untrue: boolean): Promise<Outcome> {
    return attempt(async () => {
      await this.#core.request('report.close', { report: report.id, by: report.by.account, untrue });
      this.list.value = this.list.value?.filter(({ id }) => id !== report.id) ?? null;
    });
  }

  onEvent(event: Incoming): void {
    if (event.ev === 'reports') this.onCount(event.count);
  }

  onCount(count: number): void {
    this.waiting.value = count;
    if (this.list.value) void this.load();
  }

  forget(): void {
    this.waiting.value = 0;
    this.list.value = null;
  }
}
