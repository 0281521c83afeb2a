// Live parts. An element with data-live-parts="call state" is fetched again when one of these parts is stale ("*": any of
// them). Whoever knows that a part is stale says so: the page's stream, or the event `stale:<part>` at the body (an
// order's answer sends it). Each element has an id, by which it is known even when it is replaced, and
//   data-live-url     where its new content is fetched; the answer is the element itself or what stands inside it
//   data-live-wait    milliseconds in which further news is collected before it is fetched
//   data-live-pace    fetched at most once in so many milliseconds, and once more when it has become quiet: what a
//                     server shares between pages may be a moment old. Pages that fetch the same take their turns at
//                     nearly the same moments of the clock, so that what is made for the first serves them all
//   data-live-every   fetched so often in any case
//   data-live-load    fetched as soon as the page is there
// One fetch of an element is under way at a time. What goes stale meanwhile is fetched once more afterwards, what
// fails is tried again, and an answer that was overtaken is thrown away: in the end the page shows what the server has.
(() => {
  const PATIENCE = 15_000;
  const RETRY_FIRST = 1_000;
  const RETRY_LAST = 20_000;
  const root = document.documentElement;
  const parts = new Map(); // id of the element → Part
  const heardNames = new Set();
  let marks = 0;
  let over = false;

  // Pages take their turns apart by up to so many milliseconds: less than what a server shares may be old.
  const APART = 100;

  // The same number for the same text on every machine.
  const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);

  // A quarter more or less, so that many pages do not come back in the same instant.
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
    }

    get element() {
      return document.getElementById(this.id);
    }

    // Milliseconds to the next turn of a part with a pace; not the one in which it was fetched last.
    untilTurn(pace) {
      const turn = hash(this.element.dataset.liveUrl) + APART * this.own;
      const rest = pace - ((Date.now() - turn) % pace);
      return rest < this.earliest - performance.now() ? rest + pace : rest;
    }

    number(name) {
      return Number(this.element?.dataset[name]) || 0;
    }

    mark() {
      this.lastMark = marks += 1;
      this.quiet = false;
      this.want(this.number("liveWait"));
    }

    want(delay) {
      this.stale = true;
      if (this.fetching || this.timer !== null || over) return;
      const pace = this.number("livePace");
      const rest = pace ? Math.max(delay, this.untilTurn(pace)) : delay;
      this.timer = setTimeout(() => this.fetch(), rest);
    }

    // News that comes while a failed fetch waits for its next try need not wait.
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
      this.fetching = true;
      this.stale = false;
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
      else if (answer.status === 200) this.show(answer.text);
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

    show(text) {
      const element = this.element;
      if (!element || text === this.shown) return;
      this.shown = text;
      const template = document.createElement("template");
      template.innerHTML = text;
      const fresh = template.content;
      for (const aside of [...fresh.children].filter((each) => each.hasAttribute("hx-swap-oob"))) {
        document.getElementById(aside.id)?.replaceChildren(...aside.childNodes);
        aside.remove();
      }
      const whole = [...fresh.children].find((each) => each.id === this.id);
      window.indgang.morph(element, whole || fresh, !whole);
      window.htmx?.process(element);
      element.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: { elt: element, target: element, live: true } }));
    }
  }

  async function ask(url, id) {
    const headers = { "HX-Request": "true", "HX-Target": id };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) });
    const kind = answer.headers.get("Content-Type") || "";
    return { status: answer.status, text: await answer.text(), plain: kind.startsWith("text/plain") };
  }

  // --- what the reader is told -----------------------------------------------------------------------------------

  const late = document.getElementById("late");

  function reached(yes) {
    document.body.dispatchEvent(new CustomEvent(yes ? "live:reached" : "live:unreached"));
  }

  // 401: the session is over, nothing more can be fetched until somebody signs in again, here on the page
  function refused(answer) {
    over = answer.status === 401;
    if (over) {
      state("ended");
      window.indgang.signInAgain?.();
    }
    window.indgang.tell(answer.plain ? answer.text : document.body.dataset.textFault);
  }

  // One failed try may be a hiccup; from the second on the page says that what it shows may be old.
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

  // --- which parts there are -------------------------------------------------------------------------------------

  function part(element) {
    if (!parts.has(element.id)) parts.set(element.id, new Part(element.id));
    return parts.get(element.id);
  }

  const shown = () => [...document.querySelectorAll("[data-live-parts]")];

  function stale(name) {
    for (const element of shown()) {
      const names = element.dataset.liveParts.split(" ");
      if (name === "*" || names.includes(name) || names.includes("*")) part(element).mark();
    }
  }

  // New elements: their names are listened for, and their clocks started.
  function meet() {
    for (const element of shown()) {
      for (const name of element.dataset.liveParts.split(" ")) {
        if (heardNames.has(name) || name === "*") continue;
        heardNames.add(name);
        // on the way down, so that it is heard whether or not it bubbles
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

  // Somebody else's answer (an order that brings the part along) may be older than what we heard since it was asked
  // for, and newer than what we are fetching.
  const asked = new WeakMap(); // request → marks when it was sent

  function touched(target) {
    return shown().filter((element) => target?.contains(element) || element.contains(target));
  }

  document.body.addEventListener("htmx:beforeSend", (event) => asked.set(event.detail.xhr, marks));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    meet();
    const target = document.getElementById(event.detail.target?.id) || event.detail.target;
    for (const element of touched(target)) {
      const its = part(element);
      its.swaps += 1;
      its.shown = null;
      if (its.lastMark > (asked.get(event.detail.xhr) ?? marks)) its.want(0);
    }
  });

  // --- the page's one stream -------------------------------------------------------------------------------------

  const source = document.getElementById("live-stream");
  const POLL = 10_000;
  const REOPEN = 30_000;
  // the stream gives a sign of life every fifteen seconds; without any for so long it is dead, whatever it says
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

  // The stream of this page's sign-in is over. Whether the person still is signed in (a new password ends other
  // sessions' streams, and this page's with them) the parts will say.
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

  // Newer pages of the same session have taken this one's place.
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
    on("stale", (event) => stale(event.data));
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
