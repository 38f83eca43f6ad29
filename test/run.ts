// Runs the test stages and counts: `node test/run.ts [c] [web] [checks] [browser]`, all by default.
// Every stage reports single tests; a program that crashes or prints no count is one failure.
// The last line is "N passed, N failed".

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

interface Count {
  passed: number;
  failed: number;
}

const root = new URL('..', import.meta.url).pathname;
const out = `${root}build/test-results`;
const bin = `${root}node_modules/.bin`;

function run(command: string, args: string[], quiet = false): { status: number; output: string } {
  const r = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  return { status: r.status ?? 1, output: `${r.stdout ?? ''}${r.stderr ?? ''}` };
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((n, m) => n + Number(m[1]), 0);
}

// cmocka's own lines are counted; fuzz replays count as one test each.
function c(): Count {
  const count = { passed: 0, failed: 0 };
  run('meson', ['test', '-C', 'build/test', '--no-rebuild', '--timeout-multiplier', '5'], true);
  const log = readFileSync(`${root}build/test/meson-logs/testlog.json`, 'utf8');
  for (const line of log.split('\n').filter(Boolean)) {
    const t = JSON.parse(line) as {
      name: string;
      result: string;
      returncode: number;
      stdout: string;
      stderr?: string;
    };
    const text = `${t.stdout ?? ''}${t.stderr ?? ''}`;
    const passed = sum(text, /\[ {2}PASSED {2}\] (\d+) test/g);
    const failed = sum(text, /\[ {2}FAILED {2}\] (\d+) test/g);
    const good = t.result === 'OK';
    count.passed += good && passed === 0 ? 1 : passed;
    count.failed += good ? 0 : Math.max(1, failed);
    console.log(`${good ? 'ok  ' : 'FAIL'} ${t.name}${passed ? ` (${passed})` : ''}`);
    if (!good) console.log(text.split('\n').slice(-80).join('\n'));
  }
  return count;
}

function vitest(config: string, name: string): Count {
  const file = `${out}/${name}.json`;
  rmSync(file, { force: true });
  const r = run(`${bin}/vitest`, [
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  try {
    const j = JSON.parse(readFileSync(file, 'utf8')) as {
      numPassedTests: number;
      numFailedTests: number;
      numPendingTests: number; // skipped, also by a set-up that failed: not seen is not passed
      success: boolean;
    };
    const failed = Math.max(j.numFailedTests + j.numPendingTests, j.success && r.status === 0 ? 0 : 1);
    return { passed: j.numPassedTests, failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

// Rules that a reader of the code relies on; each is one test.
function checks(): Count {
  const count = { passed: 0, failed: 0 };
  for (const [name, command, ...args] of [
    ['types', `${bin}/tsc`, '-p', 'web'],
    ['lint and format of TypeScript', `${bin}/biome`, 'check', '--error-on-warnings'],
    ['include rules', 'scripts/check-includes.sh'],
    ['tours of ARCHITECTURE.md', 'scripts/check-tours.sh'],
    ['length of files and functions', 'scripts/check-length.sh'],
  ] as const) {
    const r = run(command, args, true);
    count[r.status === 0 ? 'passed' : 'failed']++;
    console.log(`${r.status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    if (r.status !== 0) console.log(r.output.split('\n').slice(0, 60).join('\n'));
  }
  return count;
}

const stages: Record<string, () => Count> = {
  checks,
  c,
  web: () => vitest('web/vitest.config.ts', 'web'),
  browser: () => vitest('test/browser/vitest.config.ts', 'browser'),
};

mkdirSync(out, { recursive: true });
const wanted = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
for (const name of wanted.length ? wanted : Object.keys(stages)) {
  const stage = stages[name];
  if (!stage) throw new Error(`no stage ${name}: ${Object.keys(stages).join(', ')}`);
  const start = Date.now();
  console.log(`== ${name}`);
  const { passed, failed } = stage();
  console.log(
    `== ${name}: ${passed} passed, ${failed} failed in ${((Date.now() - start) / 1000).toFixed(0)} s\n`,
  );
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed || !total.passed ? 1 : 0;
