// Auth0's samlp as an identity provider, told by a file what to say of whom: `node saml_provider.mjs PORT FILE`.
// The file is read anew at every request: {user, clock (seconds wrong), options (put over samlp's own)}.
import { readFileSync } from "node:fs";
import http from "node:http";
import samlp from "samlp";

const [port, file] = process.argv.slice(2);
const told = () => JSON.parse(readFileSync(file, "utf8"));
const realNow = Date.now;
Date.now = () => realNow() + 1000 * (told().clock ?? 0);

const mapper = (user) => ({
  getClaims: () => user.attributes,
  getNameIdentifier: () => ({ nameIdentifier: user.id, nameIdentifierFormat: user.format }),
});
http.createServer((req, res) => {
  const { user, key, cert, options, post_to } = told();
  req.query = Object.fromEntries(new URL(req.url, "http://idp").searchParams);
  req.user = user;
  res.set = (name, value) => res.setHeader(name, value);
  res.send = (...parts) => res.end(String(parts.at(-1)));
  const fail = (error) => { res.statusCode = 500; res.end(String(error)); };
  const done = (request) => request?.documentElement.getAttribute("AssertionConsumerServiceURL");
  const getPostURL = (...parts) => parts.at(-1)(null, done(parts[1]?.documentElement ? parts[1] : null) ?? post_to);
  const common = { issuer: "https://idp.kommune.example", key, cert, profileMapper: mapper, recipient: post_to, destination: post_to };
  const answer = options?.error ? samlp.sendError : samlp.auth;
  answer({ ...common, getPostURL, ...options })(req, res, fail);
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
