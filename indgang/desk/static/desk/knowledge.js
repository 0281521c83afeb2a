// Knowledge: a search box, a list of hits, and the opened article. In the desk's panel, links open in place and use the
// enquiry in hand; on the knowledge page they are ordinary links. Keyboard movement, copying and filling in the
// registration have files of their own (ui/walking.js, ui/copying.js, ui/enter_sends.js, ui/unfolded.js,
// desk/during.js, desk/into_sheet.js).
(() => {
  const root = document.getElementById("desk-knowledge");
  if (!root) return;
  const SETTLED = 3_000;
  const inPanel = root.hasAttribute("data-panel");
  const query = document.getElementById("knowledge-query");
  const form = document.getElementById("knowledge-search");
  const [hits, open, mark] = ["hits", "open", "mark"].map((name) => document.getElementById(`knowledge-${name}`));
  const said = document.getElementById("knowledge-said");
  let noting = null;
  let back = null; // what has the focus again when a form is closed

  // --- the enquiry in hand -------------------------------------------------------------------------

  const enquiry = () => window.indgang.inHand?.() || "";

  // The caller's question: the search words, or else the note of the registration.
  function asked() {
    return query.value.trim() || window.indgang.intoSheet?.note() || "";
  }

  const service = () => window.indgang.intoSheet?.service() || "";

  // The search and the opened article belong to the enquiry in hand. The next enquiry begins with an empty box, unless
  // somebody is typing in it. An article opened for a finished enquiry stays readable without an enquiry; one opened
  // between enquiries goes to the next one.
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

  // An article that arrives after its enquiry has ended must not be used for that enquiry.
  function late() {
    const article = document.getElementById("knowledge-article");
    if (!inPanel || again || !article || article.dataset.enquiry === enquiry()) return false;
    read(article.dataset.address);
    return true;
  }

  function forget() {
    query.value = settledOn = "";
    for (const part of [hits, open, mark]) part.replaceChildren();
    said.textContent = "";
    clearTimeout(noting);
  }

  document.body.addEventListener("htmx:configRequest", (event) => {
    if (!root.contains(event.detail.elt)) return;
    const { parameters, verb } = event.detail;
    const search = hits.querySelector("[data-search]")?.dataset.search;
    const inHand = { enquiry: enquiry(), service: service(), search, q: asked() };
    // GET and DELETE send these parameters in the URL, POST in the body
    for (const [name, value] of Object.entries(inHand)) if (value && !parameters[name]) parameters[name] = value;
    if (verb === "get" && (event.detail.elt === query || event.detail.elt === form)) parameters.q = query.value;
  });

  // --- the list ------------------------------------------------------------------------------------

  // The list follows the typed text after a short delay. Enter, opening a hit and emptying the box settle the search:
  // answers to earlier letters are then ignored.
  let settledOn = null; // the words of that search; null while the list follows what is typed

  document.body.addEventListener("htmx:confirm", (event) => {
    const { elt } = event.detail;
    if (elt === form) settledOn = query.value;
    else if (elt === query && query.value === settledOn) event.preventDefault();
    else if (elt === query) settledOn = null;
  });

  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.requestConfig?.elt === query && settledOn !== null) event.detail.shouldSwap = false;
  });

  const links = () => window.indgang.links(root);

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
      if (event.detail.requestConfig.elt === form) links()[0]?.focus();
      settle();
    } else if (target === mark) {
      const field = mark.querySelector("textarea");
      field?.setSelectionRange(field.value.length, field.value.length);
      (mark.querySelector("[data-focus]") || field)?.focus();
    } else if (target === open) {
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
    if (event.key === "Escape") {
      if (mark.childElementCount) unmark();
      else if (open.childElementCount && inPanel) goBack();
      else return;
      event.preventDefault();
      event.stopPropagation();
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

  document.addEventListener("click", (event) => {
    const inside = event.target.closest("#desk-knowledge, #desk-registration");
    if (!inside) return;
    const on = (selector) => event.target.closest(selector);
    const link = on("a[href]");
    if (link && inPanel && !link.hasAttribute("hx-post") && !event.ctrlKey && !event.metaKey && !link.target) {
      const address = link.getAttribute("href");
      if (OPENS.test(address) && !address.includes("/files/")) {
        event.preventDefault();
        if (hits.contains(link)) [from, settledOn] = [address, query.value];
        // a link in the registration sends no parameters of the search
        window.htmx.ajax("GET", address, { source: root.contains(link) ? link : root, target: "#knowledge-open", swap: "innerHTML" });
      }
    }
    if (on("[data-knowledge-back]")) goBack();
    if (on("[data-knowledge-unmark]")) unmark();
    if (on("[data-knowledge-close]")) clear();
  });

  function clear() {
    forget();
    query.focus();
  }
})();
