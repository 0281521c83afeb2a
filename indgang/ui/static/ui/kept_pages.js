// A page that is kept for use without a connection stands in a cache named after its person. Pages of others are deleted
// when somebody is signed in, and all of them on sign-out and where somebody is asked to sign in.
(() => {
  if (!window.caches) return;
  const { person } = document.body.dataset;

  async function forget(mine) {
    const names = (await caches.keys()).filter((name) => name.startsWith("kept-") && name !== mine);
    await Promise.all(names.map((name) => caches.delete(name)));
  }

  forget(person && `kept-${person}`).catch(() => {});
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("data-signs-out")) forget().catch(() => {});
  });
})();
