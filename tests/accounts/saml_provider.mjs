// Auth0's samlp as an identity provider, told by a file what to say of whom: `node saml_provider.mjs PORT FILE`.
// The file is read anew at every request: {user, clock (seconds wrong), options (put over samlp's own), sp}.
// /sso signs the user in, /slo signs out, /sessions lists who is signed in at `sp`: {entity, slo (address), cert}, /forget them.
import { readFileSync } from "node:fs";
import http from "node:http";
import samlp from "samlp";
import SessionParticipants from "samlp/lib/sessionParticipants/index.js";

const [port, file] = process.argv.slice(2);
const told = () => JSON.parse(readFileSync(file, "utf8"));
const realNow = Date.now;
Date.now = () => realNow() + 1000 * (told().clock ?? 0);

const mapper = (user) => ({
  getClaims: () => user.attributes,
  getNameIdentifier: () => ({ nameIdentifier: user.id, nameIdentifierFormat: user.format }),
});
const redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect";
const signedIn = [], session = {};
http.createServer((req, res) => {
  const { user, key, cert, options, post_to, sp } = told();
  const asked = new URL(req.url, "http://idp");
  Object.assign(req, { query: Object.fromEntries(asked.searchParams), body: {}, session });
  req.user = user;
  res.set = (name, value) => res.setHeader(name, value);
  res.send = (...parts) => res.end(String(parts.at(-1)));
  res.redirect = (to) => { res.writeHead(302, { Location: to }); res.end(); };
  const fail = (error) => { res.statusCode = 500; res.end(String(error)); };
  const done = (request) => request?.documentElement.getAttribute("AssertionConsumerServiceURL");
  const getPostURL = (...parts) => parts.at(-1)(null, done(parts[1]?.documentElement ? parts[1] : null) ?? post_to);
  const common = { issuer: "https://idp.kommune.example", key, cert, profileMapper: mapper, recipient: post_to, destination: post_to };
  if (asked.pathname === "/sessions") return res.end(JSON.stringify(signedIn.map((one) => one.nameId)));
  if (asked.pathname === "/forget") return res.end(String(signedIn.splice(0).length));
  if (asked.pathname === "/slo") {
    const sessionParticipants = new SessionParticipants(signedIn);
    return samlp.logout({ ...common, deflate: true, protocolBinding: redirect, sessionParticipants, ...options })(req, res, fail);
  }
  if (sp) signedIn.push({
    serviceProviderId: sp.entity, serviceProviderLogoutURL: sp.slo, cert: sp.cert, binding: redirect,
    nameId: user.id, nameIdFormat: user.format, sessionIndex: user.session,
  });
  const answer = options?.error ? samlp.sendError : samlp.auth;
  answer({ ...common, getPostURL, sessionIndex: user.session, ...options })(req, res, fail);
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
