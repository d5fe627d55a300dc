/** Bodies of requests: JSON, forms and files. */
import { bad, checkedMembers, expectObject } from "../checks.js";
import { bytesOf, isObject } from "../values.js";
import { expectRecord, json } from "./json.js";

/**
 * @internal
 * An encoded body with its `Content-Type` header. `fetch` sets the header of a `FormData`.
 */
export interface Encoded {
  readonly body: BodyInit | undefined;
  readonly headers: Record<string, string>;
}

/** A file to upload. It is a `Blob`, a `File`, or bytes, with an optional name and media type. */
export type Upload = FileContent | { data: FileContent; name?: string | undefined; type?: string | undefined };

/** Content of a file. */
export type FileContent = Blob | Uint8Array | ArrayBuffer;

/**
 * Encodes a body.
 *
 * @internal
 */
export function encodeBody(kind: string, body: unknown): Encoded {
  if (body === undefined) return { body: undefined, headers: {} };
  if (kind !== "json") expectRecord("body", body);
  else expectObject(body, "body");
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
  if (!Array.from(data.values()).some((part) => typeof part !== "string")) throw bad("body", "contains no file");
  return data;
}

function file(data: FormData, field: string, upload: unknown): void {
  const direct = contentOf(upload);
  const { data: given, name, type } = direct ? { data: upload } : checkedMembers<Parts>(upload, { data: "", name: "string", type: "string" }, `body.${field}`);
  const content = direct ?? contentOf(given);
  if (content === undefined) throw bad(`body.${field}`, "is not a Blob, a File or bytes");
  const own: Partial<File> = content instanceof Blob ? content : {};
  data.append(field, new Blob([content], { type: type ?? own.type ?? "application/octet-stream" }), name ?? own.name ?? "file");
}

interface Parts {
  data?: unknown;
  name?: string;
  type?: string;
}

function contentOf(value: unknown): Blob | Uint8Array<ArrayBuffer> | undefined {
  return value instanceof Blob ? value : bytesOf(value);
}
