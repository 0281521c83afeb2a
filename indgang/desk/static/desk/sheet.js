// The registration sheet: the draft is saved automatically, and the sheet of a new call opens by itself unless somebody
// is writing in another one.
(() => {
  const desk = document.getElementById("desk");
  if (!desk) return;
  const SAVE_AFTER = 900;
  const next = document.getElementById("desk-next-sheet");
  const sheet = () => document.getElementById("desk-registration");
  const form = () => document.getElementById("desk-sheet-form");
  const csrf = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
  let sheets = 0; // counts the sheets that were opened: a late answer is none of the next one's business
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
    const [its, upto] = [sheets, typed];
    let good = false;
    try {
      const answer = await draftRequest();
      const line = (answer.ok || answer.status === 422) && (await answer.text());
      if (line && its === sheets) document.getElementById("desk-draft").outerHTML = line;
      good = answer.ok;
      if (answer.status === 401) window.indgang.signInAgain?.();
    } catch {
      good = false;
    }
    if (its !== sheets) return true;
    if (good) saved = Math.max(saved, upto);
    else unsaved();
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

  // A sheet that opens by itself takes no focus from a field elsewhere.
  let unasked = false;

  async function open(url, { byItself = false } = {}) {
    if (!(await save())) {
      window.indgang.tell(desk.dataset.textUnsaved, "warning");
      return;
    }
    next.hidden = true;
    closeHandover();
    unasked = byItself;
    await window.htmx.ajax("GET", url, { target: "#desk-registration", swap: "outerHTML" });
  }

  // The panel belongs to the enquiry of the sheet; closing it saves what is typed.
  function closeHandover() {
    if (document.getElementById("handover-form")) document.querySelector("[data-closes-handover]").click();
  }

  // What was handed over is an outcome of the sheet, which is fetched again with what is typed in it.
  document.body.addEventListener("handover:sent", (event) => {
    if (event.detail.enquiry !== sheet()?.dataset.enquiry || !form()?.dataset.draft) return;
    open(form().getAttribute("hx-post"), { byItself: true });
  });

  // Requests that replace the sheet, or read it for a hand-over, wait until the draft is saved; the registration itself
  // does not.
  document.body.addEventListener("htmx:confirm", (event) => {
    const isOurs = event.detail.target === sheet() || event.detail.target?.id === "desk-handover";
    if (!isOurs || event.detail.elt === form() || !dirty()) return;
    event.preventDefault();
    const question = event.detail.question;
    save().then((good) => good && (!question || window.confirm(question)) && event.detail.issueRequest(true));
  });

  function fresh() {
    sheets += 1;
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
    if (!unasked || !window.indgang.busy()) window.indgang.focusNext();
    unasked = false;
  });

  // --- the sheet of the call in hand -------------------------------------------------------------

  function writing() {
    if (document.getElementById("handover-form")) return true;
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
      open(url, { byItself: true });
    }
  }

  // At a new stage of the call, the measured times and the transfer target in the sheet are fetched again.
  let stage = document.getElementById("desk-call")?.dataset.stage;

  function measure() {
    const call = document.getElementById("desk-call");
    const changed = call?.dataset.stage !== stage;
    stage = call?.dataset.stage;
    const measured = document.getElementById("desk-measured");
    if (!measured || !changed) return;
    if (call.dataset.enquiry !== sheet().dataset.enquiry && !("talking" in measured.dataset)) return;
    window.htmx.ajax("GET", measured.dataset.url, { target: "#desk-measured", swap: "outerHTML" });
  }

  function handedOn() {
    if (!("handedOn" in (document.getElementById("desk-measured")?.dataset || {}))) return;
    const outcomes = [...(form()?.querySelector("[data-question]")?.querySelectorAll('[name$="-outcome"]') || [])];
    if (!form()?.dataset.draft || outcomes.some((each) => each.checked)) return;
    const transferred = outcomes.find((each) => each.value === "transferred");
    if (!transferred) return;
    transferred.checked = true;
    transferred.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.body.addEventListener("htmx:afterSettle", (event) => {
    const id = event.detail.target?.id || event.detail.elt?.id;
    if (id === "desk-measured") handedOn();
    if (id !== "desk-call") return;
    follow();
    measure();
  });

  // The next agent reads the draft, so it is saved before a transfer or consult.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (/\/(transfer|consultation)\/$/.test(event.detail.pathInfo?.requestPath || "")) save();
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
    await window.htmx.ajax("GET", `${url}&number=${number}`, { target: "#desk-questions", swap: "beforeend" });
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
