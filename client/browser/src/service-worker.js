// Keeps the app where there is no network: every file of one build, checked against its hash. A new
// build is fetched whole beside the old one and takes its place once no page of the old one is open.

/** @type {{ build: string, files: Record<string, string> }} */
const { build, files } = /** @type {any} */ (self).TRAILMARK_BUILD;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `trailmark-${build}`;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      for (const [name, integrity] of Object.entries(files)) {
        const request = new Request(name, { integrity, cache: "no-cache" });
        const answer = await fetch(request);
        if (!answer.ok) throw new Error(`${name} is missing`);
        await cache.put(name, answer);
      }
    })(),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("trailmark-") && name !== CACHE) await caches.delete(name);
      }
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  const scope = new URL(worker.registration.scope).pathname;
  if (!url.pathname.startsWith(scope)) return;
  const name = url.pathname.slice(scope.length) || "index.html";
  if (!(name in files)) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(CACHE);
      return (await cache.match(name)) ?? fetch(event.request);
    })(),
  );
});
