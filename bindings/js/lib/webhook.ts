import { bad, checkPairs, expectObject } from "./checks.js";
import type { HeaderValues } from "./options.js";
import { WebhookError } from "./response/errors.js";
import { bytesOf, isObject } from "./values.js";
import type { WebhookEvent } from "./webhook-events.js";

/** Headers of a delivery, as `fetch`, Node or a framework has them. */
export type WebhookHeaders = HeaderValues | Readonly<Record<string, string | readonly string[] | undefined>>;

const HEADER = "logto-signature-sha-256";

/**
 * Verifies the signature of a webhook in constant time, and parses the event. Pass the request before anything reads
 * its body, or pass headers and the raw body.
 *
 * Logto signs the body alone, without a timestamp, so anyone who has seen a delivery can replay it. Handle events
 * idempotently, or compare `createdAt` with the current time.
 *
 * @param request - The request, or its headers and raw body.
 * @param signingKey - The signing key of the webhook, or several while the key is rotated.
 * @returns The event.
 * @throws TypeError if there is no signing key, or a key is blank.
 * @throws {@link WebhookError} if the signature is missing or wrong, or the body is not an event.
 * @example
 * ```ts
 * const event = await verifyWebhook(request, env.LOGTO_SIGNING_KEY);
 * ```
 */
export async function verifyWebhook<Event = WebhookEvent>(
  request: Request | { headers: WebhookHeaders; body: string | Uint8Array | ArrayBuffer },
  signingKey: string | readonly string[],
): Promise<Event> {
  const keys = checkedKeys(signingKey);
  expectObject(request, "request");
  expectObject(request.headers, "headers");
  const signature = bytes(signatureOf(request.headers));
  if (signature === undefined) throw new WebhookError(`missing or malformed header ${HEADER}`);
  const raw = await rawBody(request);
  const matches = await Promise.all(keys.map((key) => isSignedBy(key, signature, raw)));
  if (!matches.includes(true)) throw new WebhookError("the signature does not match the body and the signing key");
  return parsed(raw) as Event;
}

/** Rejects blank keys before anything is compared. An unset variable must not let anyone forge events. */
function checkedKeys(signingKey: string | readonly string[]): readonly string[] {
  const keys: readonly unknown[] = Array.isArray(signingKey) ? signingKey : [signingKey];
  const isKey = (key: unknown): key is string => typeof key === "string" && !/^([\s\p{Cc}\p{DI}]*|undefined|null)$/u.test(key);
  if (keys.length === 0 || !keys.every(isKey)) throw bad("signingKey", "is missing or blank");
  return keys;
}

/** Returns the header of the signature. Other headers of frameworks can have names and values that `Headers` rejects. */
function signatureOf(headers: WebhookHeaders): string | null {
  const pairs = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  const values = pairs.filter(([name]) => name.toLowerCase() === HEADER).flatMap(([, value]) => value ?? []);
  return values.length === 1 ? (values[0] ?? null) : null;
}

async function rawBody(request: Request | { body: string | Uint8Array | ArrayBuffer }): Promise<Uint8Array<ArrayBuffer>> {
  const { body } = request;
  if (typeof body === "string") return new TextEncoder().encode(body);
  const bytes = bytesOf(body);
  if (bytes) return bytes;
  if (!("arrayBuffer" in request && typeof request.arrayBuffer === "function")) throw bad("body", "is not the raw body: pass the text or bytes that arrived, before anything parses them");
  if ("bodyUsed" in request && request.bodyUsed) throw bad("request", "was already read: pass it before anything else reads its body");
  return new Uint8Array(await request.arrayBuffer());
}

async function isSignedBy(signingKey: string, signature: Uint8Array<ArrayBuffer>, raw: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(signingKey), algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, raw);
}

function parsed(raw: Uint8Array): unknown {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw), whole);
  } catch (cause) {
    throw new WebhookError("the body is not JSON", { cause });
  }
  const isText = (name: string) => isObject(event) && typeof event[name] === "string";
  if (!["hookId", "event", "createdAt"].every(isText)) throw new WebhookError("the body is not a webhook event");
  return event;
}

/** Rejects halves of surrogate pairs. UTF-8 cannot contain them, but an escape in JSON can. */
function whole(name: string, value: unknown): unknown {
  for (const text of [name, value]) checkPairs("body", text);
  return value;
}

function bytes(hex: string | null): Uint8Array<ArrayBuffer> | undefined {
  const digits = hex?.trim() ?? "";
  if (!/^[\da-f]{64}$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
