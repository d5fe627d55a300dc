/** Maximum length of text from outside, in characters. Longer text is truncated. */
const MAX_CHARACTERS = 1000;

/**
 * Characters that can forge or hide text in a log. These are control characters, line separators and directional marks.
 */
const FORGES = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Escapes and truncates text from outside, so that it fits on one line of a log. An example is a message of the server.
 */
export function printable(text: string): string {
  const shown = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return shown.replace(FORGES, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
