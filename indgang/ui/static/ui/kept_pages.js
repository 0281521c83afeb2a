// A page that is kept for use without a connection stands in a cache named after its person, `kept-7`, and what it shows in
// localStorage as `kept-7-…`. What is of others is deleted when somebody is signed in, and all on sign-out and where
// somebody is asked to sign in.
(() => {
  if (!window.caches) return;
  const { person } = document.body.dataset;

  async function forget(mine) {
    const values = Object.keys(localStorage).filter((name) => name.startsWith("kept-") && !name.startsWith(`${mine}-`));
    for (const name of values) localStorage.removeItem(name);
    const names = (await caches.keys()).filter((name) => name.startsWith("kept-") && name !== mine);
    await Promise.all(names.map((name) => caches.delete(name)));
  }

  forget(person && `kept-${person}`).catch(() => {});
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("data-signs-out")) forget().catch(() => {});
  });
})();
