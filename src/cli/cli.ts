import yargs from 'yargs';
import { StartError } from '../daemon/daemon.ts';
import { MountPointError } from '../daemon/mount-point.ts';
import { TransportError } from '../fuse/transport.ts';
import { type Host, UsageError } from './host.ts';
import { mountCommand } from './mount.ts';
import { VERSION } from './version.ts';

/** Failures that say themselves what is wrong and what would be right. */
const PLAIN_ERRORS = [StartError, MountPointError, TransportError] as const;

/** Runs a command line: its exit status. 0 done; 1 it could not be done; 2 bad usage. */
export async function cli(args: readonly string[], host: Host): Promise<number> {
  try {
    await parser(args, host).parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      host.complain(`vmsysctld: ${error.message}`);
      return 2;
    }
    if (PLAIN_ERRORS.some((plain) => error instanceof plain)) {
      host.complain(`vmsysctld: ${(error as Error).message}`);
      return 1;
    }
    throw error;
  }
}

function parser(args: readonly string[], host: Host) {
  return yargs([...args])
    .scriptName('vmsysctld')
    .usage('$0 COMMAND [options]\n\nA userspace /proc/sys/vm with a model of the Linux memory-failure handler behind it.')
    .command(mountCommand(host))
    .demandCommand(1, 'which command? mount MNT is the one to begin with')
    .strict()
    .version(VERSION)
    .help()
    .alias({ help: 'h' })
    .wrap(100)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(`${message.split('\n').join(' ')} (vmsysctld --help tells more)`);
    });
}
