// The tally: a tap is kept on the telephone (kept_taps.js), so counting goes on without a connection. Without this script
// each tap loads the page.
(() => {
  const form = document.getElementById("tally");
  const taps = window.indgang.keptTaps?.get(form?.dataset.store);
  if (!taps) return;
  const { store, longest, ...texts } = form.dataset;
  const countsStore = `kept-${document.body.dataset.person}-${store}-counts`; // kept_pages.js deletes it
  const undo = document.getElementById("tally-undo");
  const lastText = document.getElementById("tally-last");
  const button = (purpose) => form.querySelector(`button[value="${CSS.escape(String(purpose))}"]`);
  const nameOf = (purpose) => button(purpose)?.querySelector("span").textContent || "";

  function add(purpose, number) {
    const shown = button(purpose)?.querySelector("b");
    if (shown) shown.textContent = Math.max(0, Number(shown.textContent) + number);
  }

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
      is_resolved: marks.get("is_resolved") ? marks.get("is_resolved") === "yes" : null,
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

  function offerUndo({ key, purpose }) {
    lastText.textContent = `${texts.textCounted} ${nameOf(purpose)}`;
    undo.elements.key.value = key;
    undo.dataset.purpose = purpose;
    undo.hidden = false;
  }

  form.addEventListener("submit", (event) => {
    const purpose = event.submitter?.value;
    if (!purpose) return;
    if (minutesAreWrong()) return event.preventDefault();
    const tap = tapOf(purpose);
    taps.add(tap); // fails where nothing may be stored: then the page is sent
    event.preventDefault();
    add(tap.purpose, 1);
    offerUndo(tap);
    if (form.elements.minutes) form.elements.minutes.value = "";
    if (form.elements.should_be_digital) form.elements.should_be_digital.checked = false;
    taps.say(`${texts.textCounted} ${nameOf(purpose)}`);
    taps.send();
  });

  form.elements.minutes?.addEventListener("input", () => form.elements.minutes.setCustomValidity(""));

  undo.addEventListener("submit", (event) => {
    event.preventDefault();
    const { purpose } = undo.dataset;
    taps.undo({ key: undo.elements.key.value, purpose });
    add(purpose, -1);
    undo.hidden = true;
    taps.say(texts.textUndone);
    taps.send();
  });

  // what the server has counted, and what waits
  function show(counts) {
    for (const each of form.querySelectorAll("button[name=purpose]")) {
      const waiting = taps.kept().filter((tap) => String(tap.purpose) === each.value).length;
      each.querySelector("b").textContent = (counts[each.value] || 0) + waiting;
    }
  }

  taps.part.addEventListener("counted", ({ detail: counts }) => {
    localStorage.setItem(countsStore, JSON.stringify({ at: Date.now(), counts }));
    show(counts);
  });

  // a page that opens without a connection may be older than what was counted last, and of another day
  const dayOf = (time) => new Date(time).toDateString();
  const made = Number(document.documentElement.dataset.now) * 1000;
  const counted = JSON.parse(localStorage.getItem(countsStore) || "null");
  if (counted?.at > made && dayOf(counted.at) === dayOf(Date.now())) show(counted.counts);
  else if (dayOf(made) !== dayOf(Date.now())) show({});
  else for (const tap of taps.kept()) add(tap.purpose, 1);
  for (const tap of taps.undone()) add(tap.purpose, -1);
  const last = taps.kept().at(-1);
  if (last) offerUndo(last);
})();
