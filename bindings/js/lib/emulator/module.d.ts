/** The script that wasm-bindgen writes for the crate in `emulator/`. The build bundles it. */
export function initSync(options: { module: WebAssembly.Module }): unknown;

export class Emulator {
  constructor(release: string | undefined, seed: number, services: string[]);
  answer(method: string, url: string, headers: string[], body: Uint8Array): Answer;
  advance(milliseconds: number): void;
}

export interface Answer {
  readonly status: number;
  take_headers(): string[];
  take_body(): Uint8Array<ArrayBuffer>;
  free(): void;
}
