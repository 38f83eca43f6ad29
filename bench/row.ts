// One line of JSON per row, and what the numbers were measured on.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';

export interface Row {
  bench: string;
  row: string;
  value: number;
  unit: string;
  baseline: number | null;
  ratio: number | null;
  goal: number | null;
  met: boolean | null;
}

const short = (n: number) => (Math.abs(n) >= 100 ? Math.round(n) : Number(n.toPrecision(3)));

/** `more`: whatever else a reader may want to know of this row. */
export function print(
  row: Partial<Row> & Pick<Row, 'bench' | 'row' | 'value' | 'unit'>,
  more: object = {},
): void {
  const { baseline = null, ratio = null, goal = null, met = null } = row;
  const whole: Row = {
    bench: row.bench,
    row: row.row,
    value: short(row.value),
    unit: row.unit,
    baseline: baseline === null ? null : short(baseline),
    ratio: ratio === null ? null : Number(ratio.toPrecision(3)),
    goal,
    met,
  };
  console.log(JSON.stringify({ ...whole, ...more }));
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 ? high : ((sorted[middle - 1] ?? Number.NaN) + high) / 2;
}

/** The first line of every bench: machine, kernel, commit. */
export function machine(bench: string): void {
  const model = cpus()[0]?.model ?? 'unknown';
  const memory = /MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? '0';
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const load = readFileSync('/proc/loadavg', 'utf8').split(' ')[0];
  const on = { cpu: model, cores: cpus().length, memory_gb: Math.round(Number(memory) / 1048576) };
  console.log(JSON.stringify({ bench, ...on, kernel: release(), commit, load_average: Number(load) }));
}
