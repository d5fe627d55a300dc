/** The module's bytes, from a text that the build has made of them. */
export function bytes(): BufferSource;
