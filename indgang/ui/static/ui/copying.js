// A button with data-copies copies its text to the clipboard, one with data-copies-link a full URL. The confirmation is
// the data-copied of a surrounding element; without a clipboard the text itself is shown.
(() => {
  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-copies], [data-copies-link]");
    if (!button) return;
    const { copies, copiesLink } = button.dataset;
    const text = copies ?? new URL(copiesLink, location.href).href;
    const words = button.closest("[data-copied]")?.dataset.copied || text;
    const tell = window.indgang.tell;
    navigator.clipboard.writeText(text).then(() => tell(words, "success"), () => tell(text, "info"));
  });
})();
