import type { LogLine, Source, WallTime } from '../line/log-line.ts';
import { showTime } from '../line/time.ts';
import { judge } from '../verdict/verdict.ts';
import type { Crash, Moment, ReplayEvent } from './event.ts';
import type { OpenEvent } from './host-history.ts';

/** An open event as it is told, with its verdicts, once nothing more can be found out about it. `file`: where its lines are. */
export function finish({ host, at, result, evidence, dump, killed, crash, revoked, kernel }: OpenEvent, file: string): ReplayEvent {
  const judgement = judge({
    type: result.type, result: result.result, oldWording: result.old, unhandlable: evidence?.unhandlable ?? false,
    unknownState: evidence?.unknownState ?? false, compound: evidence?.compound ?? false,
    ...(kernel !== undefined && { kernel }), ...(dump && { dump }),
  });
  return {
    ...moment(at, file), host: host.name ?? null, kernel: kernel ?? null, pfn: result.pfn, type: result.type, result: result.result,
    ...judgement, killed, crash: crash ? crashOf(crash, file) : null,
    ...(evidence?.injected && { injected: true }),
    ...(result.from === 'trace' && { trace: true }),
    ...(revoked && { revoked: moment(revoked, file) }),
  };
}

function crashOf({ at, fact, after, place }: NonNullable<OpenEvent['crash']>, file: string): Crash {
  return { ...moment(at, file), kind: fact.crash, text: fact.text, at: place ?? null, after };
}

function moment({ wall, uptime, number }: LogLine, file: string): Moment {
  const source: Source = { file, line: number };
  return { time: showWall(wall), uptime: uptime === undefined ? null : uptime / 1_000_000, source };
}

function showWall(wall: WallTime | undefined): string | null {
  return wall === undefined ? null : showTime(wall);
}
