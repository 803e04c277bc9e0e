/** WebAssembly text. The import is the assembled module: scripts/wat.mjs. */
declare module '*.wat' {
  const module: Uint8Array;
  export default module;
}
