// Buttons with data-during belong to a stage of the current call: consult and transfer while talking, dial otherwise.
(() => {
  const panel = document.querySelector("#desk-knowledge[data-panel]");

  function show() {
    const stage = document.getElementById("desk-call")?.dataset.stage || "";
    for (const button of document.querySelectorAll("[data-during]")) {
      button.hidden = !panel || button.dataset.during !== stage;
    }
  }

  document.body.addEventListener("htmx:afterSwap", show);
  document.body.addEventListener("htmx:afterSettle", show);
  show();
})();
