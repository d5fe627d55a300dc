import { bad } from "./check.js";
import { WebhookError } from "./errors.js";

/** What a webhook tells; members differ by event. */
export interface WebhookEvent {
  /** Such as `User.Created` or `PostSignIn`. */
  event: string;
  hookId: string;
  /** ISO 8601. */
  createdAt: string;
  [member: string]: unknown;
}

const HEADER = "logto-signature-sha-256";

/**
 * Checks that a webhook comes from Logto, in constant time, and gives its event. Give it the request whose body nobody
 * has read yet, or headers and the raw body.
 *
 * @throws {@link WebhookError} if the signature is missing or wrong.
 */
export async function verifyWebhook<Event = WebhookEvent>(
  request: Request | { headers: HeadersInit; body: string | Uint8Array },
  signingKey: string,
): Promise<Event> {
  if (typeof signingKey !== "string" || signingKey === "") throw bad("signingKey", "is no text");
  const headers = new Headers(request.headers);
  const signature = bytes(headers.get(HEADER));
  if (signature === undefined) throw new WebhookError(`the header ${HEADER} is missing or no signature`);
  const { body } = request;
  const raw =
    typeof body === "string" ? new TextEncoder().encode(body) : body instanceof Uint8Array ? body : new Uint8Array(await (request as Request).arrayBuffer());
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(signingKey), algorithm, false, ["verify"]);
  const fits = await crypto.subtle.verify(algorithm, key, signature as BufferSource, raw as BufferSource);
  if (!fits) throw new WebhookError("the signature does not fit the body and the signing key");
  try {
    return JSON.parse(new TextDecoder().decode(raw)) as Event;
  } catch (cause) {
    throw new WebhookError("the body is no JSON", { cause });
  }
}

function bytes(hex: string | null): Uint8Array | undefined {
  if (hex === null || !/^[\da-f]{64}$/i.test(hex)) return undefined;
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
