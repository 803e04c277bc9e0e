/** The module that the thread of an exec takes its service from; apart from all else, so that it can be named before anything is loaded. */
export const EXEC_SERVICE = new URL('service.js', import.meta.url).href;
