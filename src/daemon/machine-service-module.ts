// What the main thread has to know of the service, without loading it.

/** The module that the thread of a daemon takes its service from. */
export const MACHINE_SERVICE = new URL('machine-service.js', import.meta.url).href;
