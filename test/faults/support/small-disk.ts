import { makePlace, type Place } from '../../e2e/support/mounts.ts';
import { sh } from '../../e2e/support/shell.ts';

/** A filesystem of 2 MiB for a log, and how to fill and free it. */
export interface SmallDisk {
  readonly place: Place;
  readonly directory: string;
  readonly log: string;
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** Runs `body` with such a filesystem, and unmounts it in any case. */
export async function withSmallDisk(body: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const place = await makePlace();
  const directory = `${place.directory}/small`;
  try {
    await sh('mkdir "$1" && mount -t tmpfs -o size=2m none "$1"', [directory]);
    await body({
      place, directory, log: `${directory}/log`,
      fill: async () => { await sh('head -c 4M /dev/zero > "$1/filler"', [directory]); },
      free: async () => { await sh('rm "$1/filler"', [directory]); },
    });
  } finally {
    await sh('umount -l "$1"', [directory]);
    await place.remove();
  }
}
