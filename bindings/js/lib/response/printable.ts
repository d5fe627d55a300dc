/** The number of characters after which text from outside is cut. */
const MAX_CHARACTERS = 1000;

/** Controls, line separators and marks of direction: characters that can forge or hide text in a log. */
const FORGES = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text that may come from outside, such as a server's message, for one line of a log: escaped, and cut if it is long. */
export function printable(text: string): string {
  const shown = text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
  return shown.replace(FORGES, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}
