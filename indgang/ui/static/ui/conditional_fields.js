// Shows the fields of a form.online-form with data-when only when their conditions are true. Without this script each field says itself when it
// is to be filled in; the server decides either way.
(() => {
  const form = document.querySelector("form.online-form");
  if (!form) return;
  const dependent = [...form.querySelectorAll("[data-when]")];
  const given = (name) =>
    [...form.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)]
      .filter((input) => !input.closest("[data-when][hidden]"))
      .map((input) => input.value);
  const holds = (condition) => {
    const [name, values] = condition.split("=");
    return given(name.trim()).some((value) => values.split("|").includes(value));
  };
  const show = () => {
    // in the order of the page, since a field depends on earlier ones only
    for (const part of dependent) part.hidden = !part.dataset.when.split(";").every(holds);
  };
  for (const hint of form.querySelectorAll(".only-when")) hint.remove();
  form.addEventListener("change", show);
  show();
  document.getElementById("fejl")?.focus();
})();
