// Copies results found elsewhere on the desk into the current registration: a service, a note, whether it was known.
(() => {
  const sheet = () => document.getElementById("desk-sheet-form");
  const about = () => document.getElementById("desk-registration")?.dataset.enquiry;
  const serviceOf = (question) => question.querySelector("[data-service]");
  const noteOf = (question) => question?.querySelector("textarea");
  const inHand = () => window.indgang.inHand?.() || "";

  // The questions of the enquiry in hand; none if the open sheet belongs to another enquiry.
  function questions() {
    return sheet() && about() === inHand() ? [...sheet().querySelectorAll("[data-question]")] : [];
  }

  const service = () => questions().map((question) => serviceOf(question).value).filter(Boolean).at(-1) || "";
  const note = () => noteOf(questions().at(-1))?.value.trim() || "";

  function changed(field) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function addNote(text) {
    const field = noteOf(questions().at(-1));
    if (!field) return;
    field.value = [field.value.trim(), text].filter(Boolean).join("\n");
    changed(field);
    field.focus();
  }

  function say(question, known) {
    for (const each of question.querySelectorAll('[name$="-known"]')) {
      each.checked = each.value === known;
      if (each.checked) changed(each);
    }
  }

  // The first question without a service takes it; an answer goes to the question about the same service.
  async function take({ enquiry, service: chosen, purpose, known }) {
    if (about() !== enquiry || !sheet()) return;
    const all = questions();
    const empty = all.find((question) => !serviceOf(question).value);
    const same = chosen && all.find((question) => serviceOf(question).value === chosen.value);
    const question = same || (chosen && empty) || all.at(-1);
    if (known !== undefined) say(question, known);
    if (chosen && !same && question === empty) {
      await window.indgang.takeService(question.querySelector('[role="combobox"]'), chosen);
      const select = question.querySelector("select");
      if (purpose && select && !select.value && select.querySelector(`option[value="${CSS.escape(purpose)}"]`)) select.value = purpose;
      changed(select);
    }
  }

  document.addEventListener("click", ({ target }) => {
    const on = (selector) => target.closest(`#desk-knowledge ${selector}, #desk-registration ${selector}`);
    const notes = on("[data-notes]");
    if (notes) addNote(notes.dataset.notes);
    const takes = on("[data-takes-service]");
    if (takes) take({ enquiry: inHand(), service: { value: takes.dataset.takesService, name: takes.dataset.name } });
  });
  const summarise = () => {
    document.getElementById("transfer-summary").textContent = document.getElementById("transfer-question").value.trim();
  };
  document.getElementById("transfer-question")?.addEventListener("input", summarise);
  // The card that goes with a call begins with what is noted; what somebody has typed in it stays.
  document.getElementById("transfer-query")?.addEventListener("shown", () => {
    const [question, expected, consent] = ["question", "expected", "consent"].map((name) =>
      document.getElementById(`transfer-${name}`));
    const isOther = question.dataset.about !== inHand();
    if (isOther) {
      expected.value = consent.value = "";
      document.getElementById("transfer-card").open = false;
    }
    if (isOther || question.value === question.dataset.filled) question.value = note();
    Object.assign(question.dataset, { filled: note(), about: inHand() });
    summarise();
  });
  document.body.addEventListener("knowledge:used", (event) => take(event.detail));
  document.body.addEventListener("knowledge:missing", (event) => take(event.detail));

  window.indgang = Object.assign(window.indgang || {}, { intoSheet: { service, note } });
})();
