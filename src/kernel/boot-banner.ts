// Apart from the kernel: its first line is the text of /proc/version too.
import { LOG_LEVEL, type LogLevel } from '../abi/log-level.ts';
import type { Profile } from './profiles/profile.ts';

/**
 * The first lines of a boot, by which a reader of a log sees where a boot begins. Mirrors linux_banner (init/version-timestamp.c) and the
 * line of setup_arch() (arch/x86/kernel/setup.c). The other 400 lines of a real boot report hardware that this machine does not have.
 */
export function bootBanner({ release, compiler, banner }: Profile, commandLine: string): readonly (readonly [LogLevel, string])[] {
  return [
    [LOG_LEVEL.notice, `Linux version ${release} ${compiler} ${banner}`],
    [LOG_LEVEL.info, `Command line: ${commandLine}`],
  ];
}
