/** Why a machine, or its log, cannot be looked at, in one line, with what would be right. */
export class LookError extends Error {
  override readonly name = 'LookError';
}
