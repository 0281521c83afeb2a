// The browser as a telephone: JsSIP (vendor/jssip.min.js) towards the exchange, events on `document` for the desk.
//
// `window.indgang.phone` is the whole of it:
//   register(credentials)   {uri, password, websocket, expires?, more?}; again: the old sign-in ends. `more` are other
//                           exchanges, each {uri, websocket}: the phone is on at all of them, and a call rings from its own
//   unregister()            the phone goes off; a call that is up goes on to its end
//   answer() refuse() hangup() mute(on) keys("12#")
//   ringing() talking() registered() callId()
//   take(call)              answer a call that does not ring here: in another tab, or by having it ring here. A promise
//                           of "" when that has been seen to, else of why not
//
// Events (detail): phone:registered, phone:unregistered {reason}, phone:ringing {call, number, name},
// phone:talking {call}, phone:ended {call, reason}, phone:failed {reason, again}: `again` is in how many milliseconds
// it is tried again, where it is.
//
// A phone that is not registered tries again, with growing pauses, until it is: with the same sign-in, and now and then
// with a new one, for an exchange that has been started anew may know none of us at first.
//
// On the desk it works by itself: the element #desk-phone says whether this person's telephone is the browser
// (data-phone) and where sign-in is fetched (data-credentials). Only the tab that owns the telephone registers, so two
// tabs never ring both; tabs.js decides which, or a lock of our own where that script is not loaded. A page that is
// left with a call says so at once, and says it again when it is back; what then rings for that call it answers itself.
(() => {
  const indgang = (window.indgang = window.indgang || {});
  const CALL_HEADER = "X-Indgang-Call";
  const LEG_HEADER = "X-Indgang-Leg";
  // the exchange ends a browser's registration after two minutes; JsSIP repeats it well before
  const REGISTRATION_SECONDS = 120;
  // sign-in is fetched again this long before it ends
  const RENEW_AHEAD_MS = 60_000;
  // pauses before a failed registration or sign-in is tried again; every third try of a registration is a new sign-in
  const RETRY_FIRST_MS = 1_000;
  const RETRY_LAST_MS = 30_000;
  const TRIES_A_SIGN_IN = 3;
  // a page that comes back with a call has this long to be rung for it
  const COMES_BACK_MS = 60_000;
  // an answer on the screen: what rings here is perhaps on its way; then the telephone comes to this page and it rings;
  // what comes later still is taken as long as somebody is likely to wait for it
  const ON_ITS_WAY_MS = 700;
  const RINGS_WITHIN_MS = 6_000;
  const ANSWERED_FOR_MS = 15_000;

  let agents = []; // one for each exchange
  let session = null;
  let sessionCall = "";
  let sessionLeg = "";
  let stage = "off";
  const failures = new Map(); // by websocket, how often in a row
  let awaited = { call: "", until: 0 };

  // A quarter more or less, so that many phones do not come back in the same instant.
  const pauseAfter = (times) => Math.min(RETRY_FIRST_MS * 2 ** (times - 1), RETRY_LAST_MS) * (0.75 + Math.random() / 2);

  function tell(name, detail = {}) {
    document.dispatchEvent(new CustomEvent(`phone:${name}`, { detail }));
  }

  function speaker() {
    let audio = document.getElementById("phone-audio");
    if (!audio) {
      audio = document.createElement("audio");
      audio.id = "phone-audio";
      audio.autoplay = true;
      document.body.append(audio);
    }
    return audio;
  }

  // --- sign-in -------------------------------------------------------------------------------------------------

  function register(credentials) {
    const old = agents;
    const places = [credentials, ...(credentials.more || [])];
    agents = places.map(({ websocket, uri }) => userAgent(websocket, uri, credentials.password));
    for (const made of agents) made.start();
    old.forEach(retire);
  }

  function userAgent(websocket, uri, password) {
    const made = new window.JsSIP.UA({
      sockets: [new window.JsSIP.WebSocketInterface(websocket)],
      uri,
      password,
      register_expires: REGISTRATION_SECONDS,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 10,
    });
    made.at = websocket;
    made.on("registered", () => agents.includes(made) && registered(made));
    made.on("unregistered", ({ cause }) => off(made, cause || "exchange"));
    made.on("registrationFailed", ({ cause }) => agents.includes(made) && notRegistered(made, cause || ""));
    made.on("disconnected", ({ reason }) => off(made, reason || "connection"));
    made.on("newRTCSession", ({ originator, session: fresh, request }) => incoming(made, originator, fresh, request));
    return made;
  }

  function registered(made) {
    failures.delete(made.at);
    clearTimeout(made.retry);
    tell("registered");
  }

  // The phone is off when it is on at no exchange any more.
  function off(made, reason) {
    if (agents.includes(made) && !indgang.phone.registered()) tell("unregistered", { reason });
  }

  // Without a connection JsSIP connects again by itself, and registers then.
  function notRegistered(made, reason) {
    clearTimeout(made.retry);
    const elsewhere = indgang.phone.registered();
    if (!made.isConnected()) {
      if (!elsewhere) tell("failed", { reason });
      return;
    }
    const times = (failures.get(made.at) || 0) + 1;
    failures.set(made.at, times);
    const again = pauseAfter(times);
    if (!elsewhere) tell("failed", { reason, again });
    made.retry = setTimeout(() => tryAgain(made, times), again);
  }

  function tryAgain(made, times) {
    if (!agents.includes(made)) return;
    if (wanted === "browser" && times % TRIES_A_SIGN_IN === 0) signIn();
    else made.register();
  }

  // An agent with a call up is kept until the call has ended: the sound runs over it.
  function retire(old) {
    if (session && session.madeBy === old) {
      session.on("ended", () => old.stop());
      session.on("failed", () => old.stop());
    } else {
      old.stop();
    }
  }

  function unregister() {
    const old = agents;
    agents = [];
    failures.clear();
    if (!old.length) return;
    old.forEach(retire);
    tell("unregistered", { reason: "" });
  }

  // --- one call ------------------------------------------------------------------------------------------------

  function incoming(made, originator, fresh, request) {
    if (originator !== "remote") return;
    if (session) {
      fresh.terminate({ status_code: 486 });
      return;
    }
    session = fresh;
    session.madeBy = made;
    sessionCall = request.getHeader(CALL_HEADER) || "";
    sessionLeg = request.getHeader(LEG_HEADER) || "";
    stage = "ringing";
    const call = sessionCall;
    fresh.on("peerconnection", ({ peerconnection }) => listenTo(peerconnection));
    fresh.on("confirmed", () => {
      if (fresh !== session) return;
      stage = "talking";
      keepNote();
      tell("talking", { call });
    });
    fresh.on("ended", ({ cause }) => over(fresh, call, cause));
    fresh.on("failed", ({ cause }) => over(fresh, call, cause));
    fresh.on("getusermediafailed", () => tell("failed", { reason: "microphone" }));
    const from = fresh.remote_identity;
    tell("ringing", { call, number: from.uri.user || "", name: from.display_name || "" });
    // somebody has said already that they take it
    if (call && call === awaited.call && Date.now() < awaited.until) setTimeout(answer);
  }

  function listenTo(connection) {
    connection.addEventListener("track", ({ streams, track }) => {
      speaker().srcObject = streams[0] || new MediaStream([track]);
    });
  }

  function over(ended, call, cause) {
    if (ended !== session) return;
    session = null;
    sessionCall = sessionLeg = "";
    stage = "off";
    keepNote();
    tell("ended", { call, reason: cause || "" });
  }

  function answer() {
    if (stage !== "ringing") return false;
    stage = "answering";
    awaited = { call: "", until: 0 };
    session.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    return true;
  }

  function refuse() {
    if (stage !== "ringing") return false;
    // 603: this person says no; 486 would say that the telephone is busy
    session.terminate({ status_code: 603 });
    return true;
  }

  function hangup() {
    if (!session) return false;
    if (stage === "ringing") return refuse();
    session.terminate();
    return true;
  }

  function mute(on) {
    if (stage !== "talking") return false;
    if (on) session.mute({ audio: true });
    else session.unmute({ audio: true });
    return true;
  }

  function keys(pressed) {
    if (stage !== "talking" || !/^[0-9*#]+$/.test(pressed)) return false;
    session.sendDTMF(pressed, { transportType: "RFC2833" });
    return true;
  }

  indgang.phone = {
    register,
    unregister,
    answer,
    refuse,
    hangup,
    mute,
    keys,
    ringing: () => stage === "ringing",
    talking: () => stage === "talking",
    registered: () => agents.some((each) => each.isRegistered()),
    callId: () => sessionCall,
    take,
    // what the call's sound does, for tests and for the person who says that nothing can be heard
    connection: () => session?.connection || null,
  };

  // --- on the desk ---------------------------------------------------------------------------------------------

  let owner = false;
  let wanted = "off";
  let renewal = 0;
  let attempt = 0;
  let refusals = 0;
  let none = false; // no exchange here has browser phones

  function deskPhone() {
    return document.getElementById("desk-phone");
  }

  async function signIn() {
    clearTimeout(renewal);
    const mine = (attempt += 1);
    let pause;
    try {
      const credentials = await asked(deskPhone()?.dataset.credentials, "POST").then((answer) => answer.json());
      if (mine !== attempt || wanted !== "browser") return;
      refusals = 0;
      none = !credentials.websocket;
      if (none) return; // the buttons on the screen are the telephone
      register(credentials);
      pause = Math.max(10_000, new Date(credentials.expires) - Date.now() - RENEW_AHEAD_MS);
    } catch (error) {
      if (mine !== attempt || wanted !== "browser") return;
      refusals += 1;
      pause = pauseAfter(refusals);
      tell("failed", { reason: String(error.message || error), again: pause });
    }
    // a timer waits at most 24.8 days
    renewal = setTimeout(signIn, Math.min(pause, 2 ** 31 - 1));
  }

  async function asked(url, method, options = {}) {
    const headers = { "X-CSRFToken": csrfToken(), "HX-Request": "true" };
    const answer = await fetch(url, { method, headers, ...options });
    if (!answer.ok) throw new Error((await answer.text()) || `${answer.status}`);
    return answer;
  }

  function csrfToken() {
    return JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";
  }

  function look() {
    const now = owner ? deskPhone()?.dataset.phone || "off" : "off";
    if (now === wanted) return;
    wanted = now;
    if (now === "browser") {
      signIn();
    } else {
      attempt += 1;
      clearTimeout(renewal);
      unregister();
    }
  }

  async function own() {
    owner = true;
    await sayWhatBrokeOff();
    look();
  }

  function disown() {
    owner = false;
    look();
  }

  // --- a call that the page does not survive -------------------------------------------------------------------

  const NOTE = "indgang-phone-leg"; // in this browser: the leg that a tab talks on
  const CALL = "indgang-phone-call"; // in this tab: the call it was left with

  function keepNote() {
    if (!deskPhone()) return;
    if (stage === "talking" && sessionLeg) localStorage.setItem(NOTE, sessionLeg);
    else localStorage.removeItem(NOTE);
  }

  const legUrl = (leg) => `${deskPhone().dataset.credentials}${encodeURIComponent(leg)}/`;

  function leave() {
    if (session && sessionLeg && deskPhone()) {
      if (stage === "talking") sessionStorage.setItem(CALL, JSON.stringify({ call: sessionCall, at: Date.now() }));
      asked(legUrl(sessionLeg), "DELETE", { keepalive: true }).catch(() => {});
    }
    // 410: this phone is gone; what JsSIP says by itself means that nobody answered
    if (stage === "ringing") session.terminate({ status_code: 410 });
    for (const each of agents) each.stop();
  }

  // The tab that had the telephone before us left a call behind: said again, for its last word may have been lost.
  async function sayWhatBrokeOff() {
    const leg = localStorage.getItem(NOTE);
    if (!leg) return;
    await asked(legUrl(leg), "DELETE").catch(() => {});
    localStorage.removeItem(NOTE);
  }

  function expectTheCallOfBefore() {
    const { call, at } = JSON.parse(sessionStorage.getItem(CALL) || "{}");
    sessionStorage.removeItem(CALL);
    if (call && Date.now() - at < COMES_BACK_MS) awaited = { call, until: at + COMES_BACK_MS };
  }

  // --- a call that does not ring here --------------------------------------------------------------------------

  const others = "BroadcastChannel" in window ? new BroadcastChannel("indgang-phone") : null;
  others?.addEventListener("message", ({ data }) => {
    if (data.answer && owner) others.postMessage({ answered: data.answer, by: answer() ? "tab" : none ? "exchange" : "" });
  });

  // Who sees to it: "tab", another tab of this browser that rang; "exchange", where there are no browser phones; or "".
  function whoAnswers(call) {
    if (none) return Promise.resolve("exchange");
    if (!others || owner) return Promise.resolve("");
    return new Promise((done) => {
      const heard = ({ data }) => data.answered === call && finish(data.by);
      const finish = (result) => {
        clearTimeout(patience);
        others.removeEventListener("message", heard);
        done(result);
      };
      const patience = setTimeout(() => finish(""), 700);
      others.addEventListener("message", heard);
      others.postMessage({ answer: call });
    });
  }

  async function take(call) {
    if (answer()) return "";
    const by = await whoAnswers(call);
    if (by === "tab") return "";
    if (by === "exchange") return order();
    awaited = { call, until: Date.now() + ANSWERED_FOR_MS };
    // registered here, and rings elsewhere: another machine has signed in since, so asking it to ring would be in vain
    const taken = owner && indgang.phone.registered();
    if (taken && (await becomes(() => stage !== "off", ON_ITS_WAY_MS))) return "";
    for (const anew of taken ? [true] : [false, true]) {
      if (!(await registeredHere(anew))) return deskPhone().dataset.textNoPhone;
      const refused = await ringsHere(call);
      if (!refused || anew) return refused;
    }
  }

  async function ringsHere(call) {
    if (none) return order();
    awaited = { call, until: Date.now() + ANSWERED_FOR_MS };
    const refused = await order();
    if (refused) return refused;
    return (await becomes(() => stage !== "off", RINGS_WITHIN_MS)) ? "" : deskPhone().dataset.textNotHere;
  }

  // The exchange is asked to put the call through, or to have it ring here.
  function order() {
    return asked(deskPhone().dataset.answer, "POST").then(() => "", (error) => error.message);
  }

  // The telephone comes to this tab, from another one, and `anew` from another machine that has signed in since.
  async function registeredHere(anew) {
    if (!owner) await indgang.takeTelephone?.();
    if (!owner) return false;
    wanted = "browser";
    if (anew || !indgang.phone.registered()) await signIn();
    return becomes(() => none || indgang.phone.registered(), RINGS_WITHIN_MS);
  }

  async function becomes(question, within) {
    const end = Date.now() + within;
    while (!question() && Date.now() < end) await new Promise((done) => setTimeout(done, 50));
    return Boolean(question());
  }

  function begin() {
    if (!deskPhone()) return;
    expectTheCallOfBefore();
    document.addEventListener("htmx:afterSettle", look);
    document.addEventListener("phone:again", signIn);
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", (event) => event.persisted && wanted === "browser" && signIn());
    window.addEventListener("online", () => wanted === "browser" && !indgang.phone.registered() && signIn());
    document.addEventListener("desk:owns-phone", own);
    document.addEventListener("desk:lost-phone", disown);
    if (indgang.ownsPhone) {
      own();
    } else if (indgang.ownsPhone === undefined && navigator.locks) {
      navigator.locks.request("indgang-phone", () => {
        own();
        return new Promise(() => {});
      });
    } else if (indgang.ownsPhone === undefined) {
      own();
    }
  }

  // after the scripts that come later in the page, which say whether they decide about tabs
  document.addEventListener("DOMContentLoaded", begin);
})();
