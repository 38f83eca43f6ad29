// Runs the test stages and counts: `node test/run.ts [c] [web] [abuse] [checks] [browser] [long]`, all but the long
// browser tests by default.
// Every stage reports single tests; a program that crashes or prints no count is one failure.
// What failed, or passed only the second time, is named again at the end, and the last line is "N passed, N failed".

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';

interface Count {
  passed: number;
  failed: number;
}

const root = new URL('..', import.meta.url).pathname;
const out = `${root}build/test-results`;
const bin = `${root}node_modules/.bin`;
const unit = 'dist/aparte.service'; // systemd's own figure for it is at most 1.5
const failures: string[] = [];
const again: string[] = []; // failed, and passed the second time
const SECOND_RUNS = 6; // files: more are no accident

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
    if (!good) {
      failures.push(t.name);
      console.log(text.split('\n').slice(-80).join('\n'));
    }
  }
  return count;
}

interface Report {
  success: boolean;
  testResults: {
    name: string; // of the file
    status: string;
    assertionResults: { fullName: string; status: string }[]; // skipped, also by a set-up that failed, is not passed
  }[];
}

/** Runs test files, as vitest's arguments choose them; what became of each of their tests. A file that did not run at all
 * is one of them. */
function vitest(config: string, name: string, which: string[] = []): Map<string, boolean> {
  const file = `${out}/${name}.json`;
  const results = new Map<string, boolean>();
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const r = run(`${bin}/vitest`, ['run', '--config', config, ...reporters, ...which]);
  try {
    const { success, testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    for (const { name: path, status, assertionResults } of testResults) {
      const title = (test: string): string => `${path.slice(root.length)}: ${test}`;
      for (const t of assertionResults) {
        const key = title(t.fullName);
        results.set(key, t.status === 'passed' && results.get(key) !== false);
      }
      if (status !== 'passed' && assertionResults.every((t) => t.status === 'passed'))
        results.set(title('the file itself'), false);
    }
    if ((!success || r.status !== 0) && [...results.values()].every((good) => good))
      results.set(`${config}: the run itself`, false);
  } catch {
    results.set(`${config}: the run itself`, false);
  }
  return results;
}

function counted(results: Map<string, boolean>): Count {
  const failed = [...results].filter(([, good]) => !good).map(([title]) => title);
  failures.push(...failed);
  return { passed: results.size - failed.length, failed: failed.length };
}

// Those who listen in real time notice when the machine stands still. A file in which something failed runs once
// more, alone, and what passes then has passed; it is named at the end, so that what happens often is seen.
function live(config: string, name: string, which: string[] = []): Count {
  const results = vitest(config, name, which);
  const fileOf = (title: string): string => title.slice(0, title.indexOf(':'));
  const failed = [...results].filter(([, good]) => !good).map(([title]) => title);
  const files = [...new Set(failed.map(fileOf))];
  if (files.length > 0 && files.length <= SECOND_RUNS && !files.includes(config)) {
    console.log(`== once more: ${files.join(' ')}`);
    for (const title of [...results.keys()]) if (files.includes(fileOf(title))) results.delete(title);
    for (const [title, good] of vitest(config, `${name}-again`, files)) results.set(title, good);
    again.push(...failed.filter((title) => results.get(title) !== false));
  }
  return counted(results);
}

function browser(name: string, ...projects: string[]): Count {
  return live(
    'test/browser/vitest.config.ts',
    name,
    projects.map((project) => `--project=${project}`),
  );
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
    ['a fuzz target per parser', 'scripts/check-fuzz.sh'],
    ['how the program is compiled and linked', 'scripts/check-hardening.sh', 'build/test/src/server/aparte'],
    ['what that check notices', 'test/hardening.sh'],
    [
      'what the systemd unit leaves open',
      'systemd-analyze',
      'security',
      '--offline=true',
      '--threshold=15',
      unit,
    ],
  ] as const) {
    const r = run(command, args, true);
    count[r.status === 0 ? 'passed' : 'failed']++;
    console.log(`${r.status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
    if (r.status !== 0) {
      failures.push(name);
      console.log(r.output.split('\n').slice(0, 60).join('\n'));
    }
  }
  return count;
}

const stages: Record<string, () => Count> = {
  checks,
  c,
  web: () => counted(vitest('web/vitest.config.ts', 'web')),
  abuse: () => live('test/abuse/vitest.config.ts', 'abuse'),
  browser: () => browser('browser', 'pages', 'evenings'),
  long: () => browser('long', 'long pages', 'long evenings'),
};
const byDefault = Object.keys(stages).filter((name) => name !== 'long');

mkdirSync(out, { recursive: true });
const wanted = process.argv.slice(2);
const total = { passed: 0, failed: 0 };
for (const name of wanted.length ? wanted : byDefault) {
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
for (const title of again) console.log(`AGAIN ${title}`);
for (const failure of failures) console.log(`FAIL ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed || !total.passed ? 1 : 0;
