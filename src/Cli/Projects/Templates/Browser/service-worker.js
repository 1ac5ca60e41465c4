// Written by `mlvision new --browser`.
// Asks the server first, so that a new model is seen at once, and answers from what was kept where there is no server.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", event => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", event => {
  if (event.request.method === "GET" && event.request.url.startsWith(self.registration.scope)) {
    event.respondWith(answer(event.request));
  }
});

async function answer(request) {
  const cache = await caches.open(self.registration.scope);
  const kept = await cache.match(request, { ignoreSearch: true });
  try {
    const response = await fetch(request);
    if (response.status === 200 && !isSame(kept, response)) {
      // Where it cannot be kept, because the disk is full, the page has it all the same.
      await cache.put(request, response.clone()).catch(() => {});
    }

    return response;
  } catch (error) {
    if (kept) {
      return kept;
    }

    throw error;
  }
}

/** Whether the server says that a file is the one that was kept. */
function isSame(kept, response) {
  return ["etag", "last-modified"].some(name => response.headers.get(name) && response.headers.get(name) === kept?.headers.get(name));
}
