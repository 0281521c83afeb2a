// The page's one stream: it says which parts are stale, and htmx fetches them (hx-trigger="stale:call from:body").
// The state is on <html data-live>: connecting, open, polling or ended.
(() => {
  const source = document.getElementById("live-stream");
  if (!source) return;
  const late = document.getElementById("late");
  const POLL = 10_000;
  const RETRY = 30_000;
  let stream = null;
  let polling = null;
  let patience = null;
  const pace = Number(source.dataset.pace) || 0;
  let resting = null;
  let again = false;

  function show(state) {
    document.documentElement.dataset.live = state;
    late.hidden = state !== "polling";
    late.textContent = late.hidden ? "" : document.body.dataset.textLate;
  }

  function refresh(part) {
    if (part === "*") partsShown().forEach(refresh);
    else document.body.dispatchEvent(new CustomEvent(`stale:${part}`));
  }

  // A page with a pace has one part, "page": it is refreshed at once, then at most once in `pace` milliseconds, and
  // once more when it has become quiet, because what a server shares between pages may be a moment old.
  function heard(part) {
    if (!pace) refresh(part);
    else if (resting) again = true;
    else paced(false);
  }

  function paced(last) {
    refresh("page");
    resting = setTimeout(() => {
      resting = null;
      if (!again && last) return;
      const more = again;
      again = false;
      paced(!more);
    }, pace);
  }

  function partsShown() {
    const parts = new Set();
    for (const element of document.querySelectorAll('[hx-trigger*="stale:"]')) {
      for (const [, part] of element.getAttribute("hx-trigger").matchAll(/stale:([\w-]+)/g)) parts.add(part);
    }
    return parts;
  }

  function poll() {
    if (polling) return;
    show("polling");
    refresh("*");
    polling = setInterval(() => refresh("*"), POLL);
  }

  function stopPolling() {
    clearInterval(polling);
    clearTimeout(patience);
    polling = patience = null;
  }

  function open() {
    stream?.close();
    stream = new EventSource(source.dataset.stream);
    stream.addEventListener("open", () => {
      if (polling) refresh("*");
      stopPolling();
      show("open");
    });
    stream.addEventListener("stale", (event) => heard(event.data));
    stream.addEventListener("ended", () => {
      stream.close();
      stopPolling();
      show("ended");
      refresh("*");
    });
    stream.addEventListener("error", () => {
      if (stream.readyState === EventSource.CLOSED) {
        poll();
        setTimeout(open, RETRY);
      } else {
        patience ??= setTimeout(poll, 4_000);
      }
    });
  }

  show("connecting");
  open();
  window.addEventListener("pagehide", () => stream.close());
  window.addEventListener("pageshow", (event) => event.persisted && open());
})();
