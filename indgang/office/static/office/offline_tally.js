// Keeps the tally and its files for the person who is signed in, so that it opens without a connection (the worker in
// office/counting/worker.js). Other people's pages are deleted by ui/kept_pages.js.
(() => {
  const script = document.currentScript;
  const files = new URL("../", script.src).href;
  const { person } = document.body.dataset;
  if (!navigator.serviceWorker || !window.caches) return;

  async function keep() {
    const cache = await caches.open(`kept-${person}`);
    if (!document.getElementById("tally")) {
      await cache.delete(location.pathname);
      return;
    }
    await navigator.serviceWorker.register(script.dataset.worker);
    const page = await fetch(location.pathname, { redirect: "error" });
    const isOurs = (await page.clone().text()).includes(`data-person="${person}"`);
    if (!page.ok || !isOurs) return;
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const wanted = new Set(loaded.filter((name) => name.startsWith(files)).map((name) => name.split("#")[0]));
    for (const { url } of await cache.keys()) if (url.startsWith(files) && !wanted.has(url)) await cache.delete(url);
    for (const url of wanted) if (!(await cache.match(url, { ignoreVary: true }))) await cache.add(url);
    await cache.put(location.pathname, page);
  }

  // without a connection the page stays as it was kept
  addEventListener("load", () => keep().catch(() => {}));
})();
