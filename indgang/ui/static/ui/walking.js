// In an element with data-walks, arrow keys move from the field with data-walks-from to the links with data-hit and
// between them, and from the opened article (data-focus) back to the first link.
(() => {
  const STEP = { ArrowDown: 1, ArrowUp: -1 };
  const links = (root) => [...root.querySelectorAll("[data-hit]")].filter((link) => link.getClientRects().length > 0);

  document.addEventListener("keydown", (event) => {
    const root = event.target.closest?.("[data-walks]");
    if (!root || !STEP[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!event.target.matches("[data-hit], [data-walks-from], [data-focus]")) return;
    const all = links(root);
    if (!all.length) return;
    event.preventDefault();
    const next = all.indexOf(event.target) + STEP[event.key];
    if (next < 0) root.querySelector("[data-walks-from]").focus();
    else all[Math.min(next, all.length - 1)].focus();
  }, true);

  window.indgang = Object.assign(window.indgang || {}, { links });
})();
