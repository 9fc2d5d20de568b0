/* The page of the day's visits opens again without a line: it is fetched where there is one, and kept where not.

   Only that page and what it is drawn with are kept, for one day, and only while somebody is signed in: an answer that
   leads elsewhere or is refused drops what was kept, and so does signing out (shell.js). */
"use strict";
const KEPT = "visits", PAGE = "/collection/visits/", DAY = 24 * 3600 * 1000, WHEN = "X-Kept-At";
const keep = async (request, answer) => {
  const headers = new Headers(answer.headers);
  headers.set(WHEN, String(Date.now()));
  const copy = new Response(await answer.blob(), { status: 200, headers });
  await (await caches.open(KEPT)).put(request, copy);
};
const kept = async (request) => {
  const found = await (await caches.open(KEPT)).match(request, { ignoreVary: true });
  return found && Date.now() - Number(found.headers.get(WHEN)) < DAY ? found : undefined;
};
const page = async () => {
  let answer;
  try {
    answer = await fetch(PAGE, { credentials: "same-origin", redirect: "manual" });
  } catch {
    return (await kept(PAGE)) || Response.error();
  }
  if (answer.ok) await keep(PAGE, answer.clone());
  else await caches.delete(KEPT);
  return answer;
};
const drawn = async (request) => {
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(request.url, answer.clone());
    return answer;
  } catch {
    return (await kept(request.url)) || Response.error();
  }
};

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const asked = event.request, address = new URL(asked.url);
  if (asked.method !== "GET" || address.origin !== self.location.origin) return;
  if (asked.mode === "navigate" && address.pathname === PAGE) event.respondWith(page());
  else if (["style", "script", "font", "image"].includes(asked.destination)) event.respondWith(drawn(asked));
});
/* The page that brings the worker in was drawn before there was one. */
self.addEventListener("message", (event) => event.waitUntil(Promise.all([
  page(),
  ...event.data.map((address) => drawn(new Request(address)).catch(() => undefined)),
])));
