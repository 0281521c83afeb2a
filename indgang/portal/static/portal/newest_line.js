// A log with a height of its own shows its newest line, unless somebody has scrolled up to read.
(() => {
  const talk = document.getElementById("chat-talk");
  const NEAR = 40;
  const log = () => document.getElementById("chat-log");
  let atEnd = true;

  const goToEnd = () => atEnd && log() && (log().scrollTop = log().scrollHeight);
  talk.addEventListener("scroll", () => (atEnd = log().scrollHeight - log().scrollTop - log().clientHeight < NEAR), true);
  new MutationObserver(goToEnd).observe(talk, { childList: true, subtree: true });
  goToEnd();
})();
