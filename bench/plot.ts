// `node bench/plot.ts FANOUT ROOMS > docs/performance.svg`: the two curves of docs/performance.md from the benches' own lines. Left: what one
// packet to everyone costs, over the number of listeners, in logarithmic scales, where "linear" is a diagonal. Right: what
// ten thousand rooms cost, over how many of them talk.

import { readFileSync } from 'node:fs';

interface Point {
  x: number;
  y: number;
}
interface Line {
  name: string;
  points: Point[];
}
interface Scale {
  ticks: number[];
  at: (v: number) => number;
}

const WIDTH = 420;
const HEIGHT = 260;
const LEFT = 62;
const BOTTOM = 44;
const TOP = 34;
const RIGHT = 24;

type Row = { row: string; value: number; ns?: number; raw_ns?: number };

function rows(file: string): Row[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((l) => l.includes('"row"')).map((l) => JSON.parse(l) as Row);
}

function fanout(file: string): Line[] {
  const lines: Line[] = ['delivered', 'sunk', 'raw sendmmsg, sunk'].map((name) => ({ name, points: [] }));
  for (const r of rows(file)) {
    const m = /^1 -> (\d+), (delivered|sunk)$/.exec(r.row);
    if (!m || !r.ns || !r.raw_ns) continue;
    const x = Number(m[1]);
    lines[m[2] === 'sunk' ? 1 : 0]?.points.push({ x, y: (x * r.ns) / 1000 });
    if (m[2] === 'sunk') lines[2]?.points.push({ x, y: (x * r.raw_ns) / 1000 });
  }
  return lines;
}

function rooms(file: string): Line[] {
  const points = rows(file).map((r) => ({ x: Number(/, (\d+) talking/.exec(r.row)?.[1]), y: r.value }));
  return [{ name: '10,000 rooms of three', points }];
}

function logarithmic(values: number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.ceil(Math.log10(Math.max(...values)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return { ticks, at: (v) => from + ((Math.log10(v) - low) / (high - low)) * (to - from) };
}

function linear(values: number[], from: number, to: number): Scale {
  const most = Math.max(...values);
  const step = 10 ** Math.floor(Math.log10(most)) / (most / 10 ** Math.floor(Math.log10(most)) < 3 ? 2 : 1);
  const ticks = Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);
  const top = ticks.at(-1) ?? most;
  return { ticks, at: (v) => from + (v / top) * (to - from) };
}

const text = (x: number, y: number, anchor: string, s: string) =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${s}</text>`;

function chart(dx: number, title: string, across: string, lines: Line[], scale: typeof linear): string {
  const all = lines.flatMap((l) => l.points);
  const x = scale(
    all.map((p) => p.x).filter((v) => scale === linear || v > 0),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = scale(
    all.map((p) => p.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const parts = [text(LEFT, 16, 'start', title), text((LEFT + WIDTH) / 2, HEIGHT - 6, 'middle', across)];
  for (const t of x.ticks) parts.push(text(x.at(t), HEIGHT - BOTTOM + 16, 'middle', t.toLocaleString('en')));
  for (const t of y.ticks) {
    parts.push(text(LEFT - 6, y.at(t) + 4, 'end', t.toLocaleString('en')));
    parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y.at(t)}" y2="${y.at(t)}"/>`);
  }
  lines.forEach((l, i) => {
    const path = l.points.map((p) => `${x.at(p.x).toFixed(1)},${y.at(p.y).toFixed(1)}`).join(' ');
    parts.push(`<polyline class="c${i}" points="${path}"/>`);
    for (const p of l.points)
      parts.push(`<circle class="d${i}" cx="${x.at(p.x)}" cy="${y.at(p.y)}" r="2.5"/>`);
    parts.push(`<g class="t${i}">${text(LEFT + 10, TOP + 14 + 15 * i, 'start', l.name)}</g>`);
  });
  return `<g transform="translate(${dx} 0)">${parts.join('\n')}</g>`;
}

const [fanoutFile, roomsFile] = process.argv.slice(2);
if (!fanoutFile || !roomsFile) throw new Error('plot.ts FANOUT.jsonl ROOMS.jsonl');
const colours = ['#0b6e99', '#b3541e', '#777'];
const style = colours.map((c, i) => `.c${i}{stroke:${c}}.d${i},.t${i} text{fill:${c}}`).join('');
console.log(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${2 * WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">
<style>rect{fill:#fff}text{fill:#333}polyline{fill:none;stroke-width:1.6}.grid{stroke:#ddd}${style}</style>
<rect width="100%" height="100%"/>
${chart(0, 'CPU µs for one packet to everyone', 'listeners', fanout(fanoutFile), logarithmic)}
${chart(WIDTH, '% of a core', 'rooms that talk, 5 packets a second each', rooms(roomsFile), linear)}
</svg>`);
