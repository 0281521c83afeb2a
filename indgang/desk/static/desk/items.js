// The list of work in hand: it marks the item whose sheet is open, and the key I opens the sheet of the next one.
(() => {
  const buttons = () => [...document.querySelectorAll("#desk-beside [data-item-sheet]")];

  function mark() {
    const open = document.querySelector("#desk-registration")?.dataset.enquiry;
    const all = buttons();
    const at = all.findIndex((button) => button.dataset.itemSheet === open);
    all.forEach((button, index) => {
      const item = button.closest("[data-item]");
      if (index === at) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
      if (index === (at + 1) % all.length) button.dataset.key = "i";
      else {
        delete button.dataset.key;
        button.removeAttribute("aria-keyshortcuts");
      }
    });
  }

  document.body.addEventListener("htmx:afterSettle", mark);
  mark();
})();
