// Opens the tally without a connection: the page and its files as office/offline_tally.js has kept them for the person who
// is signed in. Whatever the server answers goes first.
{% load static %}
const FILES = new URL("{% get_static_prefix %}", location).href;

async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true, ignoreSearch: request.mode === "navigate" });
    if (kept) return kept;
    throw error;
  }
}

addEventListener("install", () => skipWaiting());
addEventListener("fetch", (event) => {
  const { request } = event;
  const isTally = request.mode === "navigate" && new URL(request.url).pathname.endsWith("/tally/");
  if (request.method === "GET" && (isTally || request.url.startsWith(FILES))) event.respondWith(answer(request));
});
