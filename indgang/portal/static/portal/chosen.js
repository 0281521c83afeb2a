// Reports the opened search result, so that searches without a good answer can be found. Sends no data about the
// visitor.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-hit]");
  const list = link && link.closest("[data-noted]");
  if (!list || !list.dataset.noted) return;
  navigator.sendBeacon(list.dataset.chosen, new URLSearchParams({ noted: list.dataset.noted, hit: link.dataset.hit }));
});
