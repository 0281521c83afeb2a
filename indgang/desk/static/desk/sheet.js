// The registration sheet: the draft saves itself, nothing typed is lost, and the sheet of a new call opens by itself
// unless somebody is writing in another.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const SAVE_AFTER = 900;
  const next = document.getElementById("desk-next-sheet");
  const sheet = () => document.getElementById("desk-registration");
  const form = () => document.getElementById("desk-sheet-form");
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let typed = 0; // counts changes; what is saved is compared with it
  let saved = 0;
  let timer = null;
  let opened = sheet()?.dataset.enquiry || "";

  const dirty = () => Boolean(form()?.dataset.draft) && typed > saved;

  function touched(event) {
    if (!event.target.closest?.("#desk-sheet-form[data-draft]")) return;
    typed += 1;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER);
  }

  function draftRequest(options) {
    const data = new URLSearchParams(new FormData(form()));
    const headers = { "X-CSRFToken": csrf(), "HX-Request": "true", "HX-Target": "desk-draft" };
    return fetch(form().dataset.draft, { method: "POST", body: data, headers, ...options });
  }

  async function save() {
    clearTimeout(timer);
    if (!dirty()) return true;
    const [about, upto] = [form().dataset.draft, typed];
    let good = false;
    try {
      const answer = await draftRequest();
      const line = (answer.ok || answer.status === 422) && (await answer.text());
      if (line && form()?.dataset.draft === about) document.getElementById("desk-draft").outerHTML = line;
      good = answer.ok;
    } catch {
      good = false;
    }
    if (good && form()?.dataset.draft === about) saved = Math.max(saved, upto);
    if (!good) unsaved();
    return good;
  }

  function unsaved() {
    const line = document.getElementById("desk-draft");
    if (!line || line.querySelector(".desk-draft-bad")) return;
    const text = document.createElement("span");
    text.className = "desk-draft-bad";
    text.textContent = desk.dataset.textUnsaved;
    line.append(text);
    timer = setTimeout(save, 5_000);
  }

  async function open(url) {
    if (!(await save())) {
      window.indgang.tell(desk.dataset.textUnsaved, "warning");
      return;
    }
    next.hidden = true;
    await window.htmx.ajax("GET", url, { target: "#desk-registration", swap: "outerHTML" });
    sheet()?.querySelector("[data-combobox] input")?.focus();
  }

  // Whatever replaces the sheet waits for the draft; the sheet's own registration does not.
  document.body.addEventListener("htmx:confirm", (event) => {
    if (event.detail.target !== sheet() || event.detail.elt === form() || !dirty()) return;
    event.preventDefault();
    const question = event.detail.question;
    save().then((good) => good && (!question || window.confirm(question)) && event.detail.issueRequest(true));
  });

  function fresh() {
    typed = saved = 0;
    clearTimeout(timer);
  }

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === form()) clearTimeout(timer);
  });

  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "desk-registration") return;
    fresh();
    if (event.detail.xhr.status === 422) {
      typed = 1;
      timer = setTimeout(save, SAVE_AFTER);
    }
    const focus = sheet().querySelector("[aria-invalid]") || sheet().querySelector("[data-focus]");
    focus?.focus();
  });

  // --- the sheet of the call in hand -------------------------------------------------------------

  function writing() {
    return Boolean(form()?.contains(document.activeElement)) && typed > 0;
  }

  function follow() {
    const call = document.getElementById("desk-call");
    const { enquiry, sheet: url } = call?.dataset || {};
    if (!url || enquiry === opened) {
      if (!url) next.hidden = true;
      return;
    }
    if (sheet()?.dataset.enquiry === enquiry) {
      opened = enquiry;
    } else if (writing()) {
      next.hidden = false;
    } else {
      opened = enquiry;
      open(url);
    }
  }

  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id === "desk-call" || event.detail.target?.id === "desk-call") follow();
  });

  // --- buttons -----------------------------------------------------------------------------------

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-sheet-link]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open(link.dataset.sheetLink);
    }
    if (event.target.closest("[data-next-sheet]")) {
      const call = document.getElementById("desk-call");
      opened = call.dataset.enquiry;
      open(call.dataset.sheet);
    }
    const keeps = event.target.closest("[data-keeps]");
    if (keeps) {
      typed += 1; // also an untouched sheet goes on the list
      open(keeps.dataset.keeps);
    }
    const adds = event.target.closest("[data-adds-question]");
    if (adds) addQuestion(adds.dataset.addsQuestion);
    const removes = event.target.closest("[data-removes-question]");
    if (removes) {
      const question = removes.closest("fieldset");
      const before = question.previousElementSibling;
      question.remove();
      typed += 1;
      timer = setTimeout(save, SAVE_AFTER);
      before?.querySelector("[data-combobox] input")?.focus();
    }
  });

  async function addQuestion(url) {
    const numbers = [...form().querySelectorAll("[data-question]")].map((one) => Number(one.dataset.question));
    const number = Math.max(...numbers) + 1;
    await window.htmx.ajax("GET", `${url}?number=${number}`, { target: "#desk-questions", swap: "beforeend" });
    document.getElementById(`q${number}-query`)?.focus();
  }

  document.addEventListener("input", touched);
  document.addEventListener("change", touched);
  window.addEventListener("beforeunload", (event) => {
    if (!dirty()) return;
    draftRequest({ keepalive: true }).then((answer) => answer.ok && (saved = typed));
    event.preventDefault();
  });
  follow();
})();
