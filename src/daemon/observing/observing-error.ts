/** Why a machine, or its log, cannot be observed, in one line, with what would be right. */
export class ObservingError extends Error {
  override readonly name = 'ObservingError';
}
