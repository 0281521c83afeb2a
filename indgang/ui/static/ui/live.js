// Live parts. An element with data-live-parts="call state" is fetched again when one of these parts is stale ("*": any
// of them). The page's stream reports stale parts, and so does the event `stale:<part>` at the body, which the answer
// to an order sends. Each element has an id, which also identifies its replacement, and
//   data-live-url     the URL of its new content: the element itself or its inner content
//   data-live-wait    milliseconds to wait for further news before a fetch
//   data-live-pace    at most one fetch in so many milliseconds, and one more when no news follows: content that the
//                     server shares between pages may be a moment old. Pages with the same URL fetch at nearly the
//                     same times, so that the content made for the first serves them all
//   data-live-every   fetched at this interval in any case, in milliseconds
//   data-live-load    fetched as soon as the page has loaded
// A child may say which version of the content the page shows (data-shown). It is sent along (X-Shown), and the server
// may answer 204: there is nothing newer. It may also answer with what is new alone: the child then says which version it
// goes on from (data-follows), and elements with an id and data-keeps begin with what the page has there. A stale part may
// be named with a version (messages@7): a page that shows that one fetches nothing.
// An element has one fetch at a time. If it becomes stale meanwhile, it is fetched once more. A failed fetch is
// repeated, and an outdated answer is dropped, so the page ends up with the server's content.
(() => {
  const PATIENCE = 15_000;
  const RETRY_FIRST = 1_000;
  const RETRY_LAST = 20_000;
  const root = document.documentElement;
  const parts = new Map(); // id of the element → Part
  const heardNames = new Set();
  let marks = 0;
  let over = false;

  // The spread of the pages' turns in milliseconds, less than the permitted age of shared content.
  const APART = 100;

  // Places the turns of neighbouring hashes far from each other: addresses often differ in one letter only, and the
  // content of two of them is not to be made at the same moment.
  const GOLDEN = (Math.sqrt(5) - 1) / 2;

  // A hash that is the same on every machine.
  const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);

  // Adds up to a quarter more or less, so that many pages do not reconnect at the same time.
  const spread = (milliseconds) => milliseconds * (0.75 + Math.random() / 2);

  class Part {
    constructor(id) {
      this.id = id;
      this.stale = false; // something is to be fetched
      this.timer = null;
      this.fetching = false;
      this.swaps = 0; // how often somebody else has put content here
      this.lastMark = 0;
      this.earliest = 0;
      this.own = Math.random();
      this.quiet = true; // a part with a pace has been fetched once more after the last news
      this.failures = 0;
      this.shown = null;
      this.held = 0; // how many scripts are about to place an answer here
      this.news = new Set(); // the versions that were told since the last fetch began; "" for news without one
    }

    get element() {
      return document.getElementById(this.id);
    }

    // Milliseconds to the next turn of a part with a pace, skipping the turn of its last fetch.
    untilTurn(pace) {
      const turn = ((hash(this.element.dataset.liveUrl) * GOLDEN) % 1) * pace + APART * this.own;
      const rest = pace - ((Date.now() - turn) % pace);
      return rest < this.earliest - performance.now() ? rest + pace : rest;
    }

    number(name) {
      return Number(this.element?.dataset[name]) || 0;
    }

    // Whether all that was told since the last fetch began is shown.
    get isNewest() {
      return this.news.size > 0 && [...this.news].every((version) => version && version === shownIn(this.element));
    }

    mark(version = "") {
      if (version && version === shownIn(this.element)) return;
      this.lastMark = marks += 1;
      this.news.add(version);
      this.quiet = false;
      this.want(this.number("liveWait"));
    }

    want(delay) {
      this.stale = true;
      if (this.fetching || this.timer !== null || this.held || over) return;
      const pace = this.number("livePace");
      const rest = pace ? Math.max(delay, this.untilTurn(pace)) : delay;
      this.timer = setTimeout(() => this.fetch(), rest);
    }

    // News ends the pause after a failed fetch.
    hurry() {
      if (!this.failures || this.fetching) return;
      clearTimeout(this.timer);
      this.timer = null;
      this.want(0);
    }

    async fetch() {
      this.timer = null;
      if (!this.element?.dataset.liveParts) {
        parts.delete(this.id);
        return;
      }
      if (this.held) return;
      this.fetching = true;
      this.stale = false;
      this.news.clear();
      this.earliest = performance.now() + this.number("livePace") / 2;
      const swaps = this.swaps;
      const trailing = this.quiet;
      let answer;
      try {
        answer = await ask(this.element.dataset.liveUrl, this.id);
      } catch {
        answer = { status: 0 };
      }
      this.fetching = false;
      if (over) return;
      if (answer.status === 0 || answer.status >= 500 || answer.status === 408 || answer.status === 429) {
        this.failed(answer.status);
        return;
      }
      this.failures = 0;
      reached(true);
      if (answer.status < 400 && root.dataset.live === "ended") poll();
      if (swaps !== this.swaps) this.stale = true;
      else if (answer.status >= 400) refused(answer);
      else if (answer.status === 200 && !this.show(answer.text)) this.stale = true;
      else if (this.isNewest) this.stale = false;
      troubled();
      if (this.stale) this.want(0);
      else if (this.number("livePace") && !trailing) this.onceMore();
    }

    onceMore() {
      this.quiet = true;
      this.want(0);
    }

    failed(status) {
      this.failures += 1;
      reached(status !== 0);
      troubled();
      this.want(spread(Math.min(RETRY_FIRST * 2 ** (this.failures - 1), RETRY_LAST)));
    }

    // False when the answer goes on from another version than the page shows.
    show(text) {
      const element = this.element;
      if (!element || text === this.shown) return true;
      const fresh = contentOf(text);
      if (!goesOn(element, fresh)) return false;
      this.shown = text;
      for (const aside of [...fresh.children].filter((each) => each.hasAttribute("hx-swap-oob"))) {
        document.getElementById(aside.id)?.replaceChildren(...aside.childNodes);
        aside.remove();
      }
      const whole = [...fresh.children].find((each) => each.id === this.id);
      window.indgang.morph(element, whole || fresh, !whole);
      window.htmx?.process(element);
      element.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { elt: element, target: element, live: true } }));
      return true;
    }
  }

  function contentOf(text) {
    const template = document.createElement("template");
    template.innerHTML = text;
    return template.content;
  }

  // The version of its content that the element shows.
  const shownIn = (element) => element?.querySelector("[data-shown]")?.dataset.shown ?? "";

  // Completes content that holds only what is new. False when the page shows another version than it goes on from.
  function goesOn(element, fresh) {
    const its = fresh.querySelector("[data-follows]");
    if (!its) return true;
    if (its.dataset.follows !== shownIn(element)) return false;
    for (const each of fresh.querySelectorAll("[data-keeps]")) {
      each.prepend(...[...document.getElementById(each.id).childNodes].map((node) => node.cloneNode(true)));
      each.removeAttribute("data-keeps");
    }
    its.removeAttribute("data-follows");
    return true;
  }

  async function ask(url, id) {
    const headers = { "HX-Request": "true", "HX-Target": id };
    const shown = shownIn(document.getElementById(id));
    if (shown) headers["X-Shown"] = shown;
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    const kind = answer.headers.get("Content-Type") || "";
    return { status: answer.status, text: await answer.text(), plain: kind.startsWith("text/plain") };
  }

  // --- messages to the user --------------------------------------------------------------------------------------

  const late = document.getElementById("late");

  function reached(yes) {
    document.body.dispatchEvent(new CustomEvent(yes ? "live:reached" : "live:unreached"));
  }

  // 401: the session has ended, and nothing can be fetched until somebody signs in on this page
  function refused(answer) {
    over = answer.status === 401;
    if (over) {
      state("ended");
      window.indgang.signInAgain?.();
    }
    window.indgang.tell(answer.plain ? answer.text : document.body.dataset.textFault);
  }

  // One failure may be temporary; from the second on the page says that its content may be old.
  function troubled() {
    const failing = [...parts.values()].some((part) => part.failures > 1);
    const text = root.dataset.live === "polling" ? "textLate" : failing ? "textFailing" : "";
    late.hidden = !text;
    late.textContent = text && document.body.dataset[text];
  }

  function state(name) {
    root.dataset.live = name;
    troubled();
  }

  // --- the parts of the page -------------------------------------------------------------------------------------

  function part(element) {
    if (!parts.has(element.id)) parts.set(element.id, new Part(element.id));
    return parts.get(element.id);
  }

  const shown = () => [...document.querySelectorAll("[data-live-parts]")];

  function stale(name, version) {
    for (const element of shown()) {
      const names = element.dataset.liveParts.split(" ");
      if (name === "*" || names.includes(name) || names.includes("*")) part(element).mark(version);
    }
  }

  // Registers new elements: listens for their names and starts their intervals.
  function meet() {
    for (const element of shown()) {
      for (const name of element.dataset.liveParts.split(" ")) {
        if (heardNames.has(name) || name === "*") continue;
        heardNames.add(name);
        // in the capture phase, so that events that do not bubble are heard too
        document.addEventListener(`stale:${name}`, () => stale(name), { capture: true });
      }
      if (parts.has(element.id)) continue;
      const fresh = part(element);
      if ("liveLoad" in element.dataset) fresh.mark();
      if (fresh.number("liveEvery")) repeat(fresh);
    }
  }

  function repeat(fresh) {
    const clock = setInterval(() => {
      if (parts.get(fresh.id) !== fresh || !fresh.element) clearInterval(clock);
      else fresh.want(0);
    }, fresh.number("liveEvery"));
  }

  // Another request's answer, such as an order's, may contain the part: older than news since that request, but newer
  // than a running fetch.
  const asked = new WeakMap(); // request → marks when it was sent

  function touched(target) {
    return shown().filter((element) => target?.contains(element) || element.contains(target));
  }

  document.body.addEventListener("htmx:beforeSend", (event) => asked.set(event.detail.xhr, marks));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = document.getElementById(event.detail.target?.id) || event.detail.target;
    placed(target, asked.get(event.detail.xhr) ?? marks);
  });

  // Content was placed in the target that is as old as the news then (`newsSoFar`).
  function placed(target, then) {
    meet();
    for (const element of touched(target)) {
      const its = part(element);
      its.swaps += 1;
      its.shown = null;
      if (its.isNewest) its.stale = false;
      else if (its.lastMark > then) its.want(0);
    }
  }

  // --- for scripts that send and place an answer themselves ------------------------------------------------------

  // Nothing in the target is fetched until it is released, because the answer that is placed before will be newer.
  // Returns what `place` needs to know.
  function hold(target) {
    for (const element of touched(target)) part(element).held += 1;
    return marks;
  }

  function place(target, text, then) {
    const fresh = contentOf(text);
    const fits = goesOn(target, fresh);
    if (fits) window.indgang.morph(target, fresh, true);
    placed(target, fits ? then : -1);
  }

  function release(target) {
    for (const element of touched(target)) {
      const its = part(element);
      its.held = Math.max(0, its.held - 1);
      if (its.stale) its.want(0);
    }
  }

  window.indgang = Object.assign(window.indgang || {}, { hold, place, release, shownIn });

  // --- the page's stream -----------------------------------------------------------------------------------------

  const source = document.getElementById("live-stream");
  const POLL = 10_000;
  const REOPEN = 30_000;
  // the server sends a heartbeat every 15 seconds; a stream without one for this long counts as dead
  const SILENCE = 40_000;
  let stream = null;
  let polling = null;
  let patience = null;
  let broken = false;
  let lastSign = 0;

  function poll() {
    state("polling");
    if (polling) return;
    polling = setInterval(() => stale("*"), POLL);
    stale("*");
  }

  function stopPolling() {
    clearInterval(polling);
    clearTimeout(patience);
    polling = patience = null;
  }

  function opened() {
    stopPolling();
    state("open");
    if (broken) stale("*");
    broken = false;
  }

  // This page's stream has ended with its sign-in. The fetches of the parts will show whether the person is still
  // signed in: a new password, for example, ends the streams of other sessions.
  function ended() {
    stream.close();
    stopPolling();
    state("ended");
    polling = setInterval(() => stale("*"), POLL);
    stale("*");
  }

  document.body.addEventListener("signed-in", () => {
    over = false;
    if (stream) open();
    stale("*");
  });

  // The session has too many pages, and newer ones have replaced this page's stream.
  function crowded() {
    stream.close();
    poll();
  }

  function failed() {
    broken = true;
    if (stream.readyState === EventSource.CLOSED) {
      poll();
      setTimeout(open, spread(REOPEN));
    } else {
      patience ??= setTimeout(poll, 4_000);
    }
  }

  function open() {
    stream?.close();
    lastSign = performance.now();
    const its = (stream = new EventSource(source.dataset.stream));
    const on = (name, react) => its.addEventListener(name, (event) => its === stream && sign(react, event));
    on("open", opened);
    on("stale", (event) => stale(...event.data.split("@")));
    on("alive", () => {});
    on("ended", ended);
    on("crowded", crowded);
    its.addEventListener("error", () => its === stream && failed());
  }

  function sign(react, event) {
    lastSign = performance.now();
    react(event);
  }

  function watch() {
    if (over || stream.readyState === EventSource.CLOSED || performance.now() - lastSign < SILENCE) return;
    broken = true;
    open();
  }

  meet();
  window.addEventListener("online", () => parts.forEach((each) => each.hurry()));
  window.addEventListener("pagehide", () => {
    over = true;
    stream?.close();
  });
  window.addEventListener("pageshow", (event) => event.persisted && back());

  function back() {
    over = false;
    broken = true;
    if (source) open();
    else stale("*");
  }

  if (source) {
    state("connecting");
    open();
    setInterval(watch, 5_000);
  }
})();
