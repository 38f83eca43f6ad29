// What axe-core finds on a page.

import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const source = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

// Once nothing changes any more: what is half drawn has faults of its own.
async function calm(page: Page): Promise<void> {
  await page.evaluate(
    ([quiet, patience]) =>
      new Promise<void>((resolve) => {
        let timer = setTimeout(resolve, quiet);
        setTimeout(resolve, patience);
        new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(resolve, quiet);
        }).observe(document, { subtree: true, childList: true });
      }),
    [200, 3000] as const,
  );
}

export async function faults(page: Page): Promise<string[]> {
  await calm(page);
  await page.evaluate(source);
  return page.evaluate(async (rules) => {
    interface Axe {
      run(at: Document, how: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
    }
    const { axe } = window as unknown as { axe: Axe };
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: rules } });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, RULES);
}
