// The browser phone: JsSIP (vendor/jssip.min.js) connects to the exchange, and events on `document` inform the desk.
//
// The interface is `window.indgang.phone`:
//   register(credentials)   {uri, password, websocket, expires?, more?}; a second call replaces the sign-in. `more`
//                           lists further exchanges, each {uri, websocket}: the phone registers at all of them, and
//                           each call rings from its own
//   unregister()            signs the phone off; a current call continues
//   answer() refuse() hangup() mute(on) keys("12#")
//   ringing() talking() registered() callId()
//   take(call)              answers a call that does not ring here: in another tab, or by having it ring here. Resolves
//                           to "" on success, else to the reason
//
// Events (detail): phone:registered, phone:unregistered {reason}, phone:ringing {call, number, name}, phone:talking
// {call}, phone:ended {call, reason}, phone:failed {reason, again}: `again` is the number of milliseconds to the next
// attempt, if there is one.
//
// An unregistered phone tries again with growing pauses, with the same sign-in and now and then with a new one, because
// a restarted exchange may not know the old one.
//
// On the desk it starts by itself: the element #desk-phone says whether the person uses the browser phone (data-phone)
// and where to fetch the sign-in (data-credentials). Only the tab that owns the telephone registers, so that two tabs
// never both ring; tabs.js decides which, or a lock of this file where tabs.js is not loaded. A page that is left
// during a call reports it, and reports it again when it returns; it then answers the same call by itself.
(() => {
  const indgang = (window.indgang = window.indgang || {});
  const CALL_HEADER = "X-Indgang-Call";
  const LEG_HEADER = "X-Indgang-Leg";
  // the exchange drops a browser's registration after two minutes; JsSIP renews it well before
  const REGISTRATION_SECONDS = 120;
  // how long before its end a sign-in is fetched again
  const RENEW_AHEAD_MS = 60_000;
  // pauses after a failed registration or sign-in; every third attempt to register uses a new sign-in
  const RETRY_FIRST_MS = 1_000;
  const RETRY_LAST_MS = 30_000;
  const TRIES_A_SIGN_IN = 3;
  // how long a returning page waits for its call to ring
  const COMES_BACK_MS = 60_000;
  // After "answer" on the screen: how long an incoming ring may take to arrive; how long a ring may take after the
  // telephone has moved to this page; how long a later ring is still answered automatically.
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

  // A quarter more or less, so that many phones do not reconnect at the same time.
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

  // The phone is off when no exchange has it registered.
  function off(made, reason) {
    if (agents.includes(made) && !indgang.phone.registered()) tell("unregistered", { reason });
  }

  // Without a connection, JsSIP reconnects by itself and then registers.
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

  // An agent with a current call stays until the call has ended, because it carries the audio.
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
    // the user has already pressed the answer button
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
    // 603: declined by this person; 486 would mean busy
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
    // the audio connection, for tests and for diagnosis of missing sound
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
    // a timer can wait 24.8 days at most
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

  // --- a call that the page leaves behind ----------------------------------------------------------------------

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
    // 410: this phone is gone; JsSIP's default code would mean that nobody answered
    if (stage === "ringing") session.terminate({ status_code: 410 });
    for (const each of agents) each.stop();
  }

  // The tab that owned the telephone before left a call behind: it is reported again, in case its report was lost.
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

  // Who handles the answer: "tab" (another tab of this browser that rang), "exchange" (no browser phones), or "".
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
    // registered here but ringing elsewhere: another machine has signed in since, so a request to ring here would fail
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

  // Asks the exchange to connect the call, or to ring here.
  function order() {
    return asked(deskPhone().dataset.answer, "POST").then(() => "", (error) => error.message);
  }

  // Moves the telephone to this tab; with `anew`, also from another machine that has signed in since.
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

  // after later scripts of the page, which decide whether they manage the tabs
  document.addEventListener("DOMContentLoaded", begin);
})();
