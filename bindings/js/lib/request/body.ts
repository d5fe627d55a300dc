import { bad, isObject, json } from "./checks.js";

/**
 * @internal
 * An encoded body with its `Content-Type` header. `fetch` sets the header of a `FormData`.
 */
export interface Encoded {
  readonly body: BodyInit | undefined;
  readonly headers: Record<string, string>;
}

/** A file to upload: a `Blob`, a `File`, or bytes, with an optional name and media type. */
export type Upload = Blob | Uint8Array | { data: Blob | Uint8Array; name?: string; type?: string };

/** @internal */
export function encode(kind: string, body: unknown): Encoded {
  if (body === undefined) return { body: undefined, headers: {} };
  if (kind === "form") return { body: form(body), headers: { "content-type": "application/x-www-form-urlencoded" } };
  if (kind === "multipart") return { body: multipart(body), headers: {} };
  return { body: json("body", body), headers: { "content-type": "application/json" } };
}

function form(body: unknown): string {
  if (!isObject(body)) throw bad("body", "is not an object");
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) {
    if (isObject(value)) throw bad(`body.${name}`, "is an object, which forms cannot contain");
    if (value !== undefined && value !== null) pairs.append(name, String(value));
  }
  return pairs.toString();
}

function multipart(body: unknown): FormData {
  if (!isObject(body)) throw bad("body", "is not an object");
  const data = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    if (typeof value === "string") data.append(name, value);
    else file(data, name, value as Upload);
  }
  return data;
}

function file(data: FormData, field: string, upload: Upload): void {
  const given = upload instanceof Blob || upload instanceof Uint8Array ? { data: upload } : upload;
  const { data: content, name, type } = (given ?? {}) as { data: Blob | Uint8Array; name?: string; type?: string };
  if (!(content instanceof Blob) && !(content instanceof Uint8Array)) {
    throw bad(`body.${field}`, "is not a Blob, a File or bytes");
  }
  const own = content instanceof Blob ? (content as Partial<File>) : undefined;
  const blob = new Blob([content as BlobPart], { type: type ?? own?.type ?? "application/octet-stream" });
  data.append(field, blob, name ?? own?.name ?? "file");
}
