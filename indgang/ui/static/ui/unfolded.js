// An element with data-keeps-unfolded stays unfolded when a new element with the same id replaces it.
(() => {
  const unfolded = new Set();
  document.body.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (!target.matches?.("[data-keeps-unfolded]")) return;
    if (target.querySelector("details[open]")) unfolded.add(target.id);
    else unfolded.delete(target.id);
  });
  document.body.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
    if (!target?.id || !unfolded.has(target.id)) return;
    const rest = document.getElementById(target.id)?.querySelector("details");
    if (rest) rest.open = true;
  });
})();
