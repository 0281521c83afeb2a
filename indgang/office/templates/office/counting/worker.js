// Opens the tally without a connection: the page and its files as office/offline_tally.js has kept them for the person who
// was signed in last. Nobody can check a sign-in without a connection, so a kept page opens for a week at most. Whatever
// the server answers goes first.
{% load static %}
const FILES = new URL("{% get_static_prefix %}", location).href;

const LONGEST = 7 * 24 * 3600 * 1000;

async function keptFor(request) {
  const isPage = request.mode === "navigate";
  const kept = await caches.match(request, { ignoreVary: true, ignoreSearch: isPage });
  if (!kept || !isPage || Date.now() - Date.parse(kept.headers.get("Date")) < LONGEST) return kept;
  const names = (await caches.keys()).filter((name) => name.startsWith("kept-"));
  await Promise.all(names.map((name) => caches.delete(name)));
  return undefined;
}

async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await keptFor(request);
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
