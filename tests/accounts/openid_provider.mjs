// The certified oidc-provider, told by a file what to say of whom: `node openid_provider.mjs PORT FILE`.
// The file is read anew at every request: {claims, clock (seconds wrong), tamper (claims put over the ID token's)}.
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from "jose";

const [port, file] = process.argv.slice(2);
const told = () => JSON.parse(readFileSync(file, "utf8"));
const realNow = Date.now;
Date.now = () => realNow() + 1000 * (told().clock ?? 0);

const { privateKey } = await generateKeyPair("RS256", { extractable: true });
const other = await generateKeyPair("RS256");
const key = { ...(await exportJWK(privateKey)), kid: "one", use: "sig", alg: "RS256" };
const issuer = `http://127.0.0.1:${port}`;
const names = ["email", "email_verified", "name", "preferred_username", "groups"];
const provider = new Provider(issuer, {
  clients: [{
    client_id: "indgang", client_secret: "a secret of the tests", grant_types: ["authorization_code"],
    redirect_uris: told().back_to, post_logout_redirect_uris: told().out_to ?? [],
    token_endpoint_auth_method: "client_secret_post", ...(told().client ?? {}),
  }],
  jwks: { keys: [key] },
  claims: { openid: ["sub"], profile: names.slice(2), email: names.slice(0, 2) },
  cookies: { keys: ["a key of the tests"] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, backchannelLogout: { enabled: true } },
  // its guard against addresses of this machine is in the way of tests
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...told().claims }) }),
});
provider.use(async (ctx, next) => {
  await next();
  const { tamper, forge } = told();
  if (ctx.path !== "/token" || ctx.status !== 200 || (!tamper && !forge)) return;
  const body = typeof ctx.body === "string" ? JSON.parse(ctx.body) : ctx.body;
  const claims = { ...decodeJwt(body.id_token), ...tamper };
  const signed = new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one" });
  ctx.body = { ...body, id_token: await signed.sign(forge ? other.privateKey : privateKey) };
});
provider.on("backchannel.error", (_ctx, error) => console.error("no back-channel:", error));
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
