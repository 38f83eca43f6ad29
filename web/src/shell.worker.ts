// The service worker of the installed app: the shell opens without a network, and nothing else is kept. Pages come from
// the network whenever there is one, so an old client never outlives a new server; assets carry their hash in their name and
// are fetched once. Messages, audio and pictures never pass here.

const scope = globalThis as unknown as ServiceWorkerGlobalScope;
const SHELL = 'shell';
const PAGE = '/';

// The page and all that it names: what is needed to start, and the parts that are loaded later.
async function keepPage(response: Response): Promise<void> {
  const cache = await caches.open(SHELL);
  const text = await response.clone().text();
  await cache.put(PAGE, response);
  const named = new Set([...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path]) => path as string));
  await Promise.all([...named].map(async (path) => (await cache.match(path)) ?? cache.add(path)));
  for (const old of await cache.keys()) {
    const { pathname } = new URL(old.url);
    if (pathname.startsWith('/assets/') && !named.has(pathname)) await cache.delete(old);
  }
}

async function page(request: Request, event: FetchEvent): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) event.waitUntil(keepPage(response.clone()).catch(() => undefined));
    return response;
  } catch (e) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw e;
  }
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(SHELL)).put(request, response.clone());
  return response;
}

scope.addEventListener('install', (event) => {
  event.waitUntil(fetch(PAGE).then((response) => (response.ok ? keepPage(response) : undefined)));
  void scope.skipWaiting();
});

scope.addEventListener('activate', (event) => {
  event.waitUntil(scope.clients.claim());
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request, event));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
  else if (/^\/(icon|manifest)/.test(url.pathname)) event.respondWith(asset(request));
});
