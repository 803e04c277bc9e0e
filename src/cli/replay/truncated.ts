/** A packed file could not be read to its end, or is damaged; the message says how. What could be unpacked was. */
export class TruncatedError extends Error {}
