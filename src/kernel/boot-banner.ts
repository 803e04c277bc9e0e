import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import type { Kernel } from './kernel.ts';

/**
 * The first lines of a boot: what tells one boot from the next in a log. Mirrors linux_banner (init/version-timestamp.c) and the line of
 * setup_arch(). Sources differ in nothing a reader of the log decides by, so the rest of a real boot's 400 lines is left out.
 */
export function bootBanner(kernel: Kernel): readonly (readonly [LogLevel, string])[] {
  const { release, compiler, version } = kernel.profile;
  return [
    [LOG_LEVEL.notice, `Linux version ${release} ${compiler} ${version}`],
    [LOG_LEVEL.info, `Command line: ${kernel.commandLine}`],
  ];
}
