// What was tapped on this telephone waits here until the server has it. Every page of a counting week sends what waits,
// also when the week is over. A tap keeps its key, so what is sent twice counts once. What is taken back waits likewise.
(() => {
  const MOST = 500;
  const EVERY = 20_000;
  const indgang = (window.indgang = window.indgang || {});
  const { person } = document.body.dataset;
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const read = (name) => JSON.parse(localStorage.getItem(name) || "[]");
  const write = (name, list) => localStorage.setItem(name, JSON.stringify(list));

  // the answer as JSON, with `trouble` when it is none: no connection, no sign-in, refused, or a fault over there
  async function post(address, values, isRepeated = false) {
    try {
      const answer = await fetch(address, {
        method: "POST", body: new URLSearchParams({ ...values, person }), redirect: "error",
        headers: { "X-CSRFToken": csrf(), "HX-Request": "true", Accept: "application/json" },
      });
      if (answer.ok || answer.status === 409) return await answer.json();
      const token = answer.headers.get("X-CSRFToken");
      if (answer.status === 403 && token && !isRepeated) {
        indgang.takeToken(token);
        return await post(address, values, true);
      }
      return { trouble: answer.status === 401 ? "sign-in" : [403, 404].includes(answer.status) ? "forbidden" : "fault" };
    } catch {
      return { trouble: "offline" };
    }
  }

  function keeper(part) {
    const { keptTaps: store, taps: address, withdrawal, ...texts } = part.dataset;
    const undoneStore = `${store}-undone`;
    const state = part.querySelector("[data-kept-state]");
    const alert = part.querySelector("[data-kept-refused]");
    const kept = () => read(store);
    const undone = () => read(undoneStore);
    const say = (text) => { state.textContent = text; };
    const waiting = () => kept().length + undone().length;
    let sending = null;

    function add(tap) {
      write(store, [...kept(), tap]);
    }

    // it may be over there although no answer has come, so the server is told in any case
    function undo({ key, purpose }) {
      write(store, kept().filter((tap) => tap.key !== key));
      write(undoneStore, [...undone(), { key, purpose }]);
    }

    function refuse(text) {
      alert.hidden = false;
      alert.textContent = `${alert.textContent} ${text}`.trim();
    }

    async function sendTaps(taps, later) {
      const answer = await post(address, { taps: JSON.stringify(taps) });
      if (answer.trouble) return answer;
      for (const key of answer.later) later.add(key); // the telephone's clock is fast: they are sent again
      const gone = new Set(taps.map((tap) => tap.key).filter((key) => !later.has(key)));
      write(store, kept().filter((tap) => !gone.has(tap.key)));
      const reasons = Object.entries(answer.refused).filter(([key]) => !later.has(key)).map(([, reason]) => reason);
      if (reasons.length) refuse(`${reasons.length} ${texts.textRefused} ${[...new Set(reasons)].join(" ")}`);
      return { ...answer, text: texts.textSent };
    }

    async function sendWithdrawal({ key }) {
      const answer = await post(withdrawal, { key });
      if (answer.trouble) return answer;
      write(undoneStore, undone().filter((each) => each.key !== key));
      if (answer.error) refuse(`${texts.textStays} ${answer.error}`);
      return { ...answer, text: answer.error ? "" : texts.textUndone };
    }

    async function sendAll() {
      const later = new Set();
      let answer = null;
      for (;;) {
        const taps = kept().filter((tap) => !later.has(tap.key)).slice(0, MOST);
        const [first] = undone();
        if (!taps.length && !first) break;
        answer = taps.length ? await sendTaps(taps, later) : await sendWithdrawal(first);
        if (answer.trouble) break;
      }
      if (!answer) return;
      if (answer.trouble === "sign-in") indgang.signInAgain();
      say(answer.trouble ? `${waiting()} ${part.getAttribute(`data-text-${answer.trouble}`)}` : answer.text);
      if (answer.counts) part.dispatchEvent(new CustomEvent("counted", { detail: answer.counts }));
    }

    function send() {
      sending ??= sendAll().finally(() => { sending = null; });
      return sending;
    }

    addEventListener("online", send);
    document.body.addEventListener("signed-in", send);
    setInterval(send, EVERY);
    send();
    return { add, undo, kept, undone, say, send, part };
  }

  indgang.keptTaps = new Map([...document.querySelectorAll("[data-kept-taps]")].map((part) => [part.dataset.keptTaps, keeper(part)]));
})();
