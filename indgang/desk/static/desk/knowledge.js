// Knowledge: one box, a list that arrow keys walk, and what is opened from it. In the panel of the desk things open in
// place and know the call in hand; on the page of knowledge links are links.
(() => {
  const root = document.getElementById("desk-knowledge");
  if (!root) return;
  const SETTLED = 3_000;
  const inPanel = root.hasAttribute("data-panel");
  const query = document.getElementById("knowledge-query");
  const form = document.getElementById("knowledge-search");
  const [hits, open, mark] = ["hits", "open", "mark"].map((name) => document.getElementById(`knowledge-${name}`));
  const said = document.getElementById("knowledge-said");
  const sheet = () => document.getElementById("desk-sheet-form");
  let noting = null;
  let back = null; // what has the focus again when a form is closed

  // --- what is in hand -----------------------------------------------------------------------------

  const enquiry = () => window.indgang.inHand?.() || "";

  // The questions of the enquiry in hand: a sheet of another one is no business of what is read here.
  function questions() {
    const about = document.getElementById("desk-registration")?.dataset.enquiry;
    return sheet() && about === enquiry() ? [...sheet().querySelectorAll("[data-question]")] : [];
  }

  const serviceOf = (question) => question.querySelector("[data-service]");

  function service() {
    return questions().map((question) => serviceOf(question).value).filter(Boolean).at(-1) || "";
  }

  // What the caller asked: what was searched for, else what has been noted.
  function asked() {
    const note = questions().at(-1)?.querySelector("textarea");
    return query.value.trim() || note?.value.trim() || "";
  }

  // What was searched for and opened belongs to the enquiry in hand. The next one begins with an empty box, unless
  // somebody is just typing in it. What was opened for one that is done can be read on, as nobody's; what is looked up
  // while there is none goes with the next.
  let done = false; // what is shown was for an enquiry that is done

  document.addEventListener("desk:in-hand", ({ detail: { before, now } }) => {
    if (!inPanel) return;
    const article = document.getElementById("knowledge-article");
    mark.replaceChildren();
    if (now && (before || done)) {
      open.replaceChildren();
      if (document.activeElement !== query) forget();
    } else if (article) {
      read(article.dataset.address);
    }
    done = !now;
  });

  let again = false; // an article that is only fetched for another enquiry does not take the focus

  async function read(address) {
    again = true;
    await window.htmx.ajax("GET", address, { source: root, target: "#knowledge-open", swap: "innerHTML" });
    again = false;
  }

  // An article that arrives late, for an enquiry that is no longer in hand, must not be used for it.
  function late() {
    const article = document.getElementById("knowledge-article");
    if (!inPanel || again || !article || article.dataset.enquiry === enquiry()) return false;
    read(article.dataset.address);
    return true;
  }

  function forget() {
    query.value = "";
    for (const part of [hits, open, mark]) part.replaceChildren();
    said.textContent = "";
    clearTimeout(noting);
  }

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!root.contains(event.detail.elt)) return;
    const { parameters, verb } = event.detail;
    const search = hits.querySelector("[data-search]")?.dataset.search;
    const inHand = { enquiry: enquiry(), service: service(), search, q: asked() };
    // GET and DELETE carry them in the address, POST in the body
    for (const [name, value] of Object.entries(inHand)) if (value && !parameters[name]) parameters[name] = value;
    if (verb === "get" && (event.detail.elt === query || event.detail.elt === form)) parameters.q = query.value;
  });

  // --- the list ------------------------------------------------------------------------------------

  const links = () => [...root.querySelectorAll("[data-hit]")].filter((link) => link.getClientRects().length > 0);

  function settle() {
    clearTimeout(noting);
    const list = hits.querySelector("[data-search]");
    if (!list || list.dataset.search || query.value.trim().length < 3) return;
    noting = setTimeout(async () => {
      const body = new URLSearchParams({ q: query.value, hits: list.dataset.count, service: service() });
      const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
      const answer = await fetch(form.dataset.noted, { method: "POST", body, headers }).catch(() => null);
      if (answer?.ok && list.isConnected) list.dataset.search = await answer.text();
    }, SETTLED);
  }

  document.body.addEventListener("htmx:afterSwap", (event) => {
    const target = event.detail.target;
    if ((target === hits || target === open) && !again) done = false;
    if (target === hits) {
      open.replaceChildren();
      said.textContent = hits.querySelector("[data-said]")?.dataset.said || "";
      during();
      if (event.detail.requestConfig.elt === form) links()[0]?.focus();
      settle();
    } else if (target === mark) {
      const field = mark.querySelector("textarea");
      (field || mark.querySelector("[data-focus]"))?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    } else if (target === open) {
      during();
      mark.replaceChildren();
      if (!late() && !again) open.querySelector("[data-focus]")?.focus();
      root.scrollIntoView({ block: "nearest" });
    }
  });

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target === mark && document.activeElement !== document.body && !mark.contains(document.activeElement)) {
      back = document.activeElement;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!root.contains(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!event.target.matches("[data-hit], #knowledge-query, [data-focus]")) return;
      const all = links();
      if (!all.length) return;
      event.preventDefault();
      const next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      if (next < 0) query.focus();
      else all[Math.min(next, all.length - 1)].focus();
    } else if (event.key === "Escape") {
      if (mark.childElementCount) unmark();
      else if (open.childElementCount && inPanel) goBack();
      else return;
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && event.target.matches("[data-enter-sends]") && !event.shiftKey) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  }, true);

  // --- opening and going back ------------------------------------------------------------------------

  const OPENS = /^\/desk\/knowledge\/(articles|guides|services|units|people|answers)\//;
  let from = "";

  function goBack() {
    open.replaceChildren();
    const again = links().find((link) => link.getAttribute("href") === from);
    (again || query).focus();
  }

  function unmark() {
    mark.replaceChildren();
    (back?.isConnected ? back : query).focus();
  }

  function copy(text) {
    const tell = window.indgang.tell;
    navigator.clipboard.writeText(text).then(() => tell(root.dataset.copied, "success"), () => tell(text, "info"));
  }

  document.addEventListener("click", (event) => {
    const inside = event.target.closest("#desk-knowledge, #desk-registration");
    if (!inside) return;
    const on = (selector) => event.target.closest(selector);
    const link = on("a[href]");
    if (link && inPanel && !link.hasAttribute("hx-post") && !event.ctrlKey && !event.metaKey && !link.target) {
      const address = link.getAttribute("href");
      if (OPENS.test(address) && !address.includes("/files/")) {
        event.preventDefault();
        if (hits.contains(link)) from = address;
        // from the registration nothing of the search is sent along
        window.htmx.ajax("GET", address, { source: root.contains(link) ? link : root, target: "#knowledge-open", swap: "innerHTML" });
      }
    }
    if (on("[data-knowledge-back]")) goBack();
    if (on("[data-knowledge-unmark]")) unmark();
    if (on("[data-knowledge-close]")) clear();
    if (on("[data-copies]")) copy(on("[data-copies]").dataset.copies);
    if (on("[data-copies-link]")) copy(new URL(on("[data-copies-link]").dataset.copiesLink, location.href).href);
    if (on("[data-notes]")) addNote(on("[data-notes]").dataset.notes);
    const takes = on("[data-takes-service]");
    if (takes) take({ enquiry: enquiry(), service: { value: takes.dataset.takesService, name: takes.dataset.name } });
  });

  function clear() {
    forget();
    query.focus();
  }

  // An article that changed while it is read stays as far unfolded as it was.
  let unfolded = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "knowledge-article") {
      unfolded = Boolean(event.detail.target.querySelector("details[open]"));
    }
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id === "desk-call" || event.detail.target?.id === "desk-call") during();
    const rest = event.detail.target?.id === "knowledge-article" && document.querySelector("#knowledge-article details");
    if (rest && unfolded) rest.open = true;
  });

  // Ask and transfer belong to a conversation, ringing to the time between them.
  function during() {
    const stage = document.getElementById("desk-call")?.dataset.stage || "";
    for (const button of root.querySelectorAll("[data-during]")) button.hidden = !inPanel || button.dataset.during !== stage;
  }

  // --- into the registration -------------------------------------------------------------------------

  function changed(field) {
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function addNote(text) {
    const note = questions().at(-1)?.querySelector("textarea");
    if (!note) return;
    note.value = [note.value.trim(), text].filter(Boolean).join("\n");
    changed(note);
    note.focus();
  }

  // The question that says nothing yet takes the service; the answer belongs to the question about that service.
  async function take({ enquiry: about, service: chosen, purpose, known }) {
    if (document.getElementById("desk-registration")?.dataset.enquiry !== about || !sheet()) return;
    const all = questions();
    const empty = all.find((question) => !serviceOf(question).value);
    const same = chosen && all.find((question) => serviceOf(question).value === chosen.value);
    const question = same || (chosen && empty) || all.at(-1);
    if (known !== undefined) {
      for (const each of question.querySelectorAll('[name$="-known"]')) {
        each.checked = each.value === known;
        if (each.checked) changed(each);
      }
    }
    if (chosen && !same && question === empty) {
      const input = question.querySelector('[role="combobox"]');
      await window.indgang.takeService(input, chosen);
      const select = question.querySelector("select");
      if (purpose && select && !select.value && select.querySelector(`option[value="${CSS.escape(purpose)}"]`)) select.value = purpose;
      changed(select);
    }
  }

  document.body.addEventListener("knowledge:used", (event) => take(event.detail));
  document.body.addEventListener("knowledge:missing", (event) => take(event.detail));
  during();
})();
