import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import type { Profile } from './profiles/profile.ts';

/**
 * The first lines of a boot: what tells one boot from the next in a log. Mirrors linux_banner (init/version-timestamp.c) and the line of
 * setup_arch() (arch/x86/kernel/setup.c). The other 400 lines of a real boot tell of hardware that is not there.
 */
export function bootBanner({ release, compiler, version }: Profile, commandLine: string): readonly (readonly [LogLevel, string])[] {
  return [
    [LOG_LEVEL.notice, `Linux version ${release} ${compiler} ${version}`],
    [LOG_LEVEL.info, `Command line: ${commandLine}`],
  ];
}
