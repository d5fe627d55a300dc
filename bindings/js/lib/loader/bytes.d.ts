/** Returns the bytes of the module. The build writes this function, with the bytes as text. */
export function bytes(): BufferSource;
