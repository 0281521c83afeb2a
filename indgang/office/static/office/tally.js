// The tally: a tap is kept on the telephone until the server has it, so counting goes on without a connection. A tap keeps
// its key, so what is sent twice counts once. Without this script each tap loads the page.
(() => {
  const form = document.getElementById("tally");
  if (!form) return;
  const { taps: address, withdrawal, store, longest, ...texts } = form.dataset;
  const state = document.getElementById("tally-state");
  const undo = document.getElementById("tally-undo");
  const lastText = document.getElementById("tally-last");
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  const kept = () => JSON.parse(localStorage.getItem(store) || "[]");
  const keep = (taps) => localStorage.setItem(store, JSON.stringify(taps));
  const counter = (purpose) => form.querySelector(`[data-count="${CSS.escape(String(purpose))}"]`);
  const add = (purpose, number) => {
    const shown = counter(purpose);
    if (shown) shown.textContent = Math.max(0, Number(shown.textContent) + number);
  };
  let sending = false;

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  }

  function tapOf(purpose) {
    const marks = new FormData(form);
    const minutes = marks.get("minutes");
    return {
      key: newKey(), at: new Date().toISOString(), purpose: Number(purpose), channel: marks.get("channel") || "",
      character: marks.get("character") || "", minutes: minutes ? Number(minutes) : null,
      is_resolved: marks.has("is_resolved") ? marks.get("is_resolved") === "yes" : null,
      should_be_digital: form.elements.should_be_digital ? marks.has("should_be_digital") : null,
    };
  }

  function minutesAreWrong() {
    const field = form.elements.minutes;
    if (!field?.value) return false;
    const wrong = !/^\d+$/.test(field.value) || Number(field.value) > Number(longest);
    field.setCustomValidity(wrong ? texts.textMinutes : "");
    if (wrong) field.reportValidity();
    return wrong;
  }

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.value) return;
    event.preventDefault();
    if (minutesAreWrong()) return;
    const tap = tapOf(button.value);
    keep([...kept(), tap]);
    add(tap.purpose, 1);
    const name = button.querySelector("span").textContent;
    lastText.textContent = `${texts.textCounted} ${name}`;
    undo.elements.key.value = tap.key;
    undo.dataset.purpose = tap.purpose;
    undo.hidden = false;
    if (form.elements.minutes) form.elements.minutes.value = "";
    if (form.elements.should_be_digital) form.elements.should_be_digital.checked = false;
    say(`${texts.textCounted} ${name}`);
    send();
  });

  form.elements.minutes?.addEventListener("input", () => form.elements.minutes.setCustomValidity(""));

  undo?.addEventListener("submit", async (event) => {
    const key = undo.elements.key.value;
    const taps = kept();
    const waiting = taps.find((tap) => tap.key === key);
    if (sending) return event.preventDefault();
    if (!waiting && !undo.dataset.purpose) return;
    event.preventDefault();
    if (waiting) {
      keep(taps.filter((tap) => tap.key !== key));
      add(waiting.purpose, -1);
    } else {
      const answer = await post(withdrawal, { key });
      if (!answer) return say(texts.textStays);
      show(answer.counts);
    }
    undo.hidden = true;
    say(texts.textUndone);
  });

  async function send() {
    const taps = kept().slice(0, 500);
    if (sending || !taps.length) return;
    sending = true;
    const answer = await post(address, { taps: JSON.stringify(taps) });
    sending = false;
    if (!answer) return say(waits());
    const gone = new Set(taps.map((tap) => tap.key));
    for (const key of answer.later) gone.delete(key); // the telephone's clock is fast: they are sent again
    keep(kept().filter((tap) => !gone.has(tap.key)));
    show(answer.counts);
    const reasons = [...new Set(Object.values(answer.refused))];
    say(reasons.length ? `${texts.textRefused} ${reasons.join(" ")}` : texts.textSent);
    if (kept().length > answer.later.length) send();
  }

  // the answer, or nothing when there is no connection, no sign-in, or something is wrong over there
  async function post(to, values) {
    try {
      const answer = await fetch(to, {
        method: "POST", body: new URLSearchParams(values), redirect: "error",
        headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  function show(counts) {
    for (const shown of form.querySelectorAll("[data-count]")) {
      const waiting = kept().filter((tap) => String(tap.purpose) === shown.dataset.count).length;
      shown.textContent = (counts[shown.dataset.count] || 0) + waiting;
    }
  }

  const waits = () => `${kept().length} ${texts.textWaits}`;
  const say = (text) => { state.textContent = text; };
  for (const tap of kept()) add(tap.purpose, 1);
  if (kept().length) say(waits());
  addEventListener("online", send);
  setInterval(send, 20_000);
  send();
})();
