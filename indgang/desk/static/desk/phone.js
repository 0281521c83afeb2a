// The browser as a telephone: JsSIP (vendor/jssip.min.js) towards the exchange, events on `document` for the desk.
//
// `window.indgang.phone` is the whole of it:
//   register(credentials)   {uri, password, websocket, expires?}; again: the old sign-in ends
//   unregister()            the phone goes off; a call that is up goes on to its end
//   answer() refuse() hangup() mute(on) keys("12#")
//   ringing() talking() registered() callId()
//
// Events (detail): phone:registered, phone:unregistered {reason}, phone:ringing {call, number, name},
// phone:talking {call}, phone:ended {call, reason}, phone:failed {reason}.
//
// On the desk it works by itself: the element #desk-phone says whether this person's telephone is the browser
// (data-phone) and where sign-in is fetched (data-credentials). Only the tab that owns the telephone registers, so two
// tabs never ring both; tabs.js decides which, or a lock of our own where that script is not loaded.
(() => {
  const indgang = (window.indgang = window.indgang || {});
  const CALL_HEADER = "X-Indgang-Call";
  // the exchange ends a browser's registration after two minutes; JsSIP repeats it well before
  const REGISTRATION_SECONDS = 120;
  // sign-in is fetched again this long before it ends
  const RENEW_AHEAD_MS = 60_000;

  let agent = null;
  let session = null;
  let sessionCall = "";
  let stage = "off";

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
    const old = agent;
    const socket = new window.JsSIP.WebSocketInterface(credentials.websocket);
    const made = new window.JsSIP.UA({
      sockets: [socket],
      uri: credentials.uri,
      password: credentials.password,
      register_expires: REGISTRATION_SECONDS,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 10,
    });
    agent = made;
    made.on("registered", () => tell("registered"));
    made.on("unregistered", ({ cause }) => made === agent && tell("unregistered", { reason: cause || "" }));
    made.on("registrationFailed", ({ cause }) => made === agent && tell("failed", { reason: cause || "" }));
    made.on("disconnected", ({ reason }) => made === agent && tell("unregistered", { reason: reason || "connection" }));
    made.on("newRTCSession", ({ originator, session: fresh, request }) => incoming(made, originator, fresh, request));
    made.start();
    if (old) retire(old);
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
    const old = agent;
    agent = null;
    if (!old) return;
    retire(old);
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
    stage = "ringing";
    const call = sessionCall;
    fresh.on("peerconnection", ({ peerconnection }) => listenTo(peerconnection));
    fresh.on("confirmed", () => {
      if (fresh !== session) return;
      stage = "talking";
      tell("talking", { call });
    });
    fresh.on("ended", ({ cause }) => over(fresh, call, cause));
    fresh.on("failed", ({ cause }) => over(fresh, call, cause));
    fresh.on("getusermediafailed", () => tell("failed", { reason: "microphone" }));
    const from = fresh.remote_identity;
    tell("ringing", { call, number: from.uri.user || "", name: from.display_name || "" });
  }

  function listenTo(connection) {
    connection.addEventListener("track", ({ streams, track }) => {
      speaker().srcObject = streams[0] || new MediaStream([track]);
    });
  }

  function over(ended, call, cause) {
    if (ended !== session) return;
    session = null;
    sessionCall = "";
    stage = "off";
    tell("ended", { call, reason: cause || "" });
  }

  function answer() {
    if (stage !== "ringing") return false;
    stage = "answering";
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
    registered: () => Boolean(agent?.isRegistered()),
    callId: () => sessionCall,
    // what the call's sound does, for tests and for the person who says that nothing can be heard
    connection: () => session?.connection || null,
  };

  // --- on the desk ---------------------------------------------------------------------------------------------

  let owner = false;
  let wanted = "off";
  let renewal = 0;
  let attempt = 0;

  function deskPhone() {
    return document.getElementById("desk-phone");
  }

  async function signIn() {
    clearTimeout(renewal);
    const mine = (attempt += 1);
    const url = deskPhone()?.dataset.credentials;
    let pause = 5_000;
    try {
      const credentials = await fetched(url);
      if (mine !== attempt || wanted !== "browser") return;
      if (!credentials.websocket) return; // no browser phones here: the buttons on the screen are the telephone
      register(credentials);
      pause = Math.max(10_000, new Date(credentials.expires) - Date.now() - RENEW_AHEAD_MS);
    } catch (error) {
      if (mine !== attempt || wanted !== "browser") return;
      tell("failed", { reason: String(error.message || error) });
    }
    // a timer waits at most 24.8 days
    renewal = setTimeout(signIn, Math.min(pause, 2 ** 31 - 1));
  }

  async function fetched(url) {
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": csrfToken() } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
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

  function own() {
    owner = true;
    look();
  }

  function begin() {
    if (!deskPhone()) return;
    document.addEventListener("htmx:afterSettle", look);
    window.addEventListener("pagehide", () => agent?.stop());
    if (indgang.ownsPhone) {
      own();
    } else if (indgang.ownsPhone === false) {
      document.addEventListener("desk:owns-phone", own);
    } else if (navigator.locks) {
      navigator.locks.request("indgang-phone", () => {
        own();
        return new Promise(() => {});
      });
    } else {
      own();
    }
  }

  // after the scripts that come later in the page, which say whether they decide about tabs
  document.addEventListener("DOMContentLoaded", begin);
})();
