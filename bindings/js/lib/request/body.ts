/** Bodies of requests: JSON, forms and files. */
import { bad, expectObject } from "../checks.js";
import { isObject } from "../values.js";
import { json } from "./json.js";

/**
 * @internal
 * An encoded body with its `Content-Type` header. `fetch` sets the header of a `FormData`.
 */
export interface Encoded {
  readonly body: BodyInit | undefined;
  readonly headers: Record<string, string>;
}

/** A file to upload. It is a `Blob`, a `File`, or bytes, with an optional name and media type. */
export type Upload = FileContent | { data: FileContent; name?: string; type?: string };

/** FileContent of a file. */
export type FileContent = Blob | Uint8Array | ArrayBuffer;

/**
 * Encodes a body.
 *
 * @internal
 */
export function encodeBody(kind: string, body: unknown): Encoded {
  if (body === undefined) return { body: undefined, headers: {} };
  expectObject(body, "body");
  if (kind === "form") return { body: form(body), headers: { "content-type": "application/x-www-form-urlencoded" } };
  if (kind === "multipart") return { body: multipart(body), headers: {} };
  return { body: json("body", body), headers: { "content-type": "application/json" } };
}

function form(body: object): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (isObject(value)) throw bad(`body.${name}`, "is an object, which forms cannot contain");
    if (value !== undefined && value !== null) pairs.append(name, String(value));
  }
  return pairs.toString();
}

function multipart(body: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    if (typeof value === "string") data.append(name, value);
    else file(data, name, value);
  }
  return data;
}

function file(data: FormData, field: string, upload: unknown): void {
  const { data: content, name, type }: Record<string, unknown> = isContent(upload) || !isObject(upload) ? { data: upload } : upload;
  if (!isContent(content)) throw bad(`body.${field}`, "is not a Blob, a File or bytes");
  const own: Partial<File> = content instanceof Blob ? content : {};
  // A copy, because a Blob cannot be made of shared memory.
  const part = content instanceof Blob ? content : new Uint8Array(content);
  data.append(field, new Blob([part], { type: String(type ?? own.type ?? "application/octet-stream") }), String(name ?? own.name ?? "file"));
}

function isContent(value: unknown): value is FileContent {
  return [Blob, Uint8Array, ArrayBuffer].some((type) => value instanceof type);
}
