import { SendFailure } from "../request/send-failure.js";

/** Reads a body of at most `limit` bytes. */
export async function readBody(response: Response, limit: number): Promise<string> {
  const length = Number(response.headers.get("content-length") ?? NaN);
  const refuse = (): SendFailure => new SendFailure(1, `the response is larger than the allowed ${limit} bytes`);
  // The response to a HEAD request has the length of another one.
  if (length > limit && response.body) {
    discard(response);
    throw refuse();
  }
  try {
    // If the length of an uncompressed body is known, its bytes need no counting. Some platforms create a stream when
    // they are asked for the body.
    // Browsers hide the encoding of another origin's response.
    if ((length >= 0 && response.type !== "cors" && !response.headers.has("content-encoding")) || response.body === null) return await response.text();
    return await counted(response.body, limit, refuse);
  } catch (cause) {
    throw cause instanceof SendFailure ? cause : new SendFailure(3, "the response is incomplete", cause);
  }
}

async function counted(body: ReadableStream<Uint8Array>, limit: number, refuse: () => SendFailure): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > limit) {
      await reader.cancel();
      throw refuse();
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Lets the platform close the connection of a response that nobody reads. */
export function discard({ body }: Response): void {
  body?.cancel().catch(() => {});
}
