// Leads back to the chat that this browser has under way: at once (data-goes), or by a link. With data-forgets the chat
// is forgotten, because it does not exist any more.
(() => {
  const place = document.getElementById("chat-goes-on");
  const memory = window.indgang.chatMemory;
  if ("forgets" in place.dataset) memory.forget();
  const key = memory.key();
  if (!key) return;
  const here = `${place.dataset.at}${key}/`;
  if ("goes" in place.dataset) {
    location.replace(here);
    return;
  }
  place.querySelector("a").href = here;
  place.hidden = false;
})();
