// The tabs beside the call: knowledge, one's own lists, who to ring, the team. Which one is open stands on the rail and
// not in the parts, so that what is fetched again stays where it was. Arrow keys walk the tabs; each has a key.
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

  // --- what is in the tabs -------------------------------------------------------------------------

  function counts() {
    const lists = document.getElementById("desk-lists");
    for (const name of ["mine", "ring"]) {
      const count = document.getElementById(`count-${name}`);
      const number = lists?.dataset[`count${name[0].toUpperCase()}${name.slice(1)}`];
      if (count && number !== undefined) count.textContent = number === "0" ? "" : number;
    }
  }

  // The row of the sheet that is open.
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

  // Knowledge that was asked for from elsewhere comes in sight, and so it does with a new conversation.
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
