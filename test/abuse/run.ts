// `make abuse`: plays the abuse cases, prints id, title and result of each, ends with "N passed, N failed".
// `make abuse-controls`: plays each case once per control, without the protection that the control names; a test that
// passes all the same is a failure. Ids may be given: `node test/abuse/run.ts [controls] [A1 A2 ...]`.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { CASES, type Case, type Control, type NotYet } from './cases.ts';

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; title: string; failureMessages: (string | null)[] }[]; // null: what was thrown was no error
  }[];
}

interface Outcome {
  passed: number;
  broken: string[]; // titles of the tests that failed by what they expected
  failures: string[]; // everything that went wrong
}

const root = new URL('../..', import.meta.url).pathname;
const folder = `${root}test/abuse/`;
const out = `${root}build/test-results`;
// Where tests lie that play a part of a case.
const elsewhere = { browser: `${root}test/browser/`, web: `${root}web/` };

const filesOf = (id: string): string[] => {
  const start = `a${id.slice(1).padStart(2, '0')}-`;
  return readdirSync(folder).filter((name) => name.startsWith(start) && name.endsWith('.test.ts'));
};

/** `place`: the folder of the tests and of their configuration. */
function play(files: string[], control?: Control, place = folder): Map<string, Outcome> {
  const json = `${out}/abuse-${process.pid}.json`;
  rmSync(json, { force: true });
  const env: Record<string, string | undefined> = { ...process.env, APARTE_ABUSE: 'all' };
  if (control && 'without' in control) env.APARTE_TEST_WITHOUT = control.without;
  if (control && 'weakness' in control) env.APARTE_TEST_WEAKNESS = control.weakness;
  if (control && 'set' in control) env[control.set] = control.to;
  const config = `${place}vitest.config.ts`;
  const args = ['run', '--config', config, '--reporter=json', `--outputFile=${json}`, ...files];
  const run = spawnSync(`${root}node_modules/.bin/vitest`, args, { cwd: root, env, encoding: 'utf8' });
  const outcomes = new Map<string, Outcome>();
  try {
    const report = JSON.parse(readFileSync(json, 'utf8')) as Report;
    for (const { name, message, assertionResults } of report.testResults) {
      const failed = assertionResults.filter(({ status }) => status !== 'passed');
      const said = failed.flatMap(({ title, failureMessages }) =>
        failureMessages.map((m) => `${title}: ${m}`),
      );
      outcomes.set(name.slice(place.length), {
        passed: assertionResults.length - failed.length,
        broken: failed
          .filter(({ failureMessages }) => failureMessages.some((m) => `${m}`.startsWith('AssertionError')))
          .map(({ title }) => title),
        failures: [...said, ...(message ? [message] : [])],
      });
    }
  } catch {
    console.log(`${run.stdout}${run.stderr}`);
  }
  return outcomes;
}

const brief = (failure: string): string => `     ${failure.split('\n').slice(0, 6).join('\n     ')}`;
const isCase = (one: Case | NotYet): one is Case => !('notYet' in one);

function nameOf(control: Control): string {
  if ('without' in control) return `without ${control.without}`;
  return 'set' in control ? `with ${control.set}` : control.weakness;
}

function playAll(cases: (Case | NotYet)[]): { passed: number; failed: number } {
  const count = { passed: 0, failed: 0 };
  const played = cases.filter(isCase);
  const outcomes = play(played.flatMap(({ id }) => filesOf(id)));
  for (const [key, place] of Object.entries(elsewhere)) {
    const also = played.flatMap((one) => one[key as keyof typeof elsewhere] ?? []);
    if (also.length > 0)
      for (const [file, outcome] of play(also, undefined, place)) outcomes.set(file, outcome);
  }
  for (const one of cases) {
    if (!isCase(one)) {
      console.log(`--   ${one.id} ${one.title}: not applicable yet: ${one.notYet}`);
      continue;
    }
    const files = [...filesOf(one.id), ...(one.browser ?? []), ...(one.web ?? [])];
    const parts = files.map((file) => outcomes.get(file));
    const good =
      files.length > 0 && parts.every((part) => part && part.failures.length === 0 && part.passed > 0);
    count[good ? 'passed' : 'failed']++;
    console.log(
      `${good ? 'ok  ' : 'FAIL'} ${one.id} ${one.title}${one.open ? ` (not yet: ${one.open})` : ''}`,
    );
    for (const part of parts)
      for (const failure of part?.failures ?? ['it was not played']) console.log(brief(failure));
  }
  return count;
}

function playControls(cases: (Case | NotYet)[]): { passed: number; failed: number } {
  const count = { passed: 0, failed: 0 };
  for (const { id, controls } of cases.filter(isCase)) {
    for (const control of controls) {
      const outcomes = [...play(filesOf(id), control).values()];
      const broken = outcomes.flatMap((outcome) => outcome.broken);
      const good = broken.length > 0;
      count[good ? 'passed' : 'failed']++;
      const what = good ? `breaks "${broken.join('", "')}"` : 'DOES NOT BREAK THE TEST';
      console.log(`${good ? 'ok  ' : 'FAIL'} ${id} ${nameOf(control)}: ${what}`);
      if (!good)
        for (const { failures } of outcomes) for (const failure of failures) console.log(brief(failure));
    }
  }
  return count;
}

mkdirSync(out, { recursive: true });
const args = process.argv.slice(2);
const ids = args.filter((arg) => arg !== 'controls');
const cases = ids.length > 0 ? CASES.filter(({ id }) => ids.includes(id)) : CASES;
const { passed, failed } = args.includes('controls') ? playControls(cases) : playAll(cases);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
