// The tabs beside the call: knowledge, the own lists, news, return calls, the team. The rail stores which tab is open, so an
// update of a part does not close it. Arrow keys move between tabs; each tab has a shortcut.
(() => {
  const rail = document.getElementById("desk-rail");
  if (!rail) return;
  const STORE = "indgang-desk-tab";
  const TEAM_EVERY = 10_000;
  const tabs = [...rail.querySelectorAll('[role="tab"]')];
  const tabOf = (name) => tabs.find((tab) => tab.dataset.tab === name);
  const open = () => rail.dataset.tab;

  function show(name, { focus = false } = {}) {
    if (!tabOf(name)) return;
    rail.dataset.tab = name;
    for (const tab of tabs) {
      const on = tab.dataset.tab === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
    }
    if (focus) tabOf(name).focus();
    if (name === "team") refreshTeam();
  }

  function choose(name) {
    sessionStorage.setItem(STORE, name);
    show(name, { focus: true });
  }

  document.addEventListener("click", (event) => {
    const shows = event.target.closest("[data-shows-tab]");
    if (shows) choose(shows.dataset.showsTab);
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.target.matches?.("[data-empties]")) event.target.reset();
  });

  function refreshTeam() {
    if (open() === "team" && !document.hidden) document.body.dispatchEvent(new CustomEvent("stale:team", { bubbles: true }));
  }

  rail.addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) choose(tab.dataset.tab);
  });

  rail.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0 || !step) return;
    event.preventDefault();
    choose(tabs[(at + step + tabs.length) % tabs.length].dataset.tab);
  });

  // --- the content of the tabs ---------------------------------------------------------------------

  function counts() {
    for (const name of ["mine", "ring", "news"]) {
      const count = document.getElementById(`count-${name}`);
      const counted = document.querySelector(`[data-count-${name}]`);
      const number = counted?.dataset[`count${name[0].toUpperCase()}${name.slice(1)}`];
      if (count && number !== undefined) count.textContent = number === "0" ? "" : number;
    }
  }

  // Marks the row of the open sheet.
  function current() {
    const sheet = document.getElementById("desk-registration")?.dataset.enquiry;
    for (const row of rail.querySelectorAll("[data-about]")) {
      if (sheet && row.dataset.about === sheet) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  document.body.addEventListener("htmx:afterSettle", () => {
    counts();
    current();
  });

  // Shows the knowledge tab when something is opened in it from elsewhere, and at the start of a conversation.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (/^knowledge-(hits|open|mark)$/.test(event.detail.target?.id) && open() !== "knowledge") show("knowledge");
  });
  document.addEventListener("desk:in-hand", ({ detail }) => {
    const talking = document.querySelector('#desk-call[data-stage="talking"]')?.dataset.enquiry;
    if (talking && detail.now === talking && !rail.contains(document.activeElement)) show("knowledge");
  });

  setInterval(refreshTeam, TEAM_EVERY);
  show(sessionStorage.getItem(STORE) || open());
  counts();
  window.indgang = Object.assign(window.indgang || {}, { showTab: show });
})();
