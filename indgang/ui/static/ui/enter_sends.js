// In a text field with data-enter-sends, Enter sends the form; Shift+Enter begins a new line.
(() => {
  document.addEventListener("keydown", (event) => {
    const plain = !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (event.key !== "Enter" || !plain || !event.target.matches?.("[data-enter-sends]")) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }, true);
})();
