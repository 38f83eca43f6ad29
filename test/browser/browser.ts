// A person at a browser: one Chromium of their own with their own microphone, driven by what they would see.

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { giveEars } from './ears.ts';

export interface Person {
  name: string;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  problems: string[]; // console errors and requests to anywhere but the server
  close(): Promise<void>;
}

export async function launch(micFile: string | null): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      ...(micFile ? [`--use-file-for-fake-audio-capture=${micFile}`] : []),
    ],
  });
}

export async function person(
  name: string,
  origin: string,
  micFile: string | null,
  locale = 'en-GB',
): Promise<Person> {
  const browser = await launch(micFile);
  // Without motion: drawing without a graphics card takes the processor from what is to be heard in time.
  const context = await browser.newContext({ locale, permissions: ['microphone'], reducedMotion: 'reduce' });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (m) => {
    if (m.type() === 'error') problems.push(m.text());
  });
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('request', (r) => {
    const u = new URL(r.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(u.protocol) && u.host !== new URL(origin).host) {
      problems.push(`request to ${u.host}`);
    }
  });
  await giveEars(page);
  return { name, browser, context, page, problems, close: () => browser.close() };
}
