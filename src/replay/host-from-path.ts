/** Names that files and directories of logs have on every host, and so tell nothing of it. */
const GENERIC = new RegExp(
  `^(?:${[
    'kern', 'kernel', 'messages', 'syslog', 'dmesg', 'vmcore-dmesg', 'console', 'serial', 'ttys\\d+', 'journal', 'journalctl', 'log', 'logs', 'crash', 'crashes', 'var',
    'user', 'daemon', 'debug', 'warn', 'boot', 'previous', 'current', 'old', 'pstore', 'dmesg-\\w+', 'console-\\w+', 'full', 'output', 'tmp', 'home', 'root', 'data', 'archive',
  ].join('|')})$`,
  'i',
);
/** What rotation and compression append, and dates between: `kern.log-20261123.1.gz`. */
const SUFFIX = /(?:\.(?:log|txt|json|jsonl|ndjson|export|out|gz|zst|xz|bz2|old|\d+)|[-.]\d{4}-?\d\d-?\d\d(?:[-T]?\d){0,20})$/i;

/** The host that a file is of, by its path: the name next to the file that is not one that logs have everywhere. Undefined for none. */
export function hostFromPath(path: string): string | undefined {
  return path
    .split('/')
    .reverse()
    .map(withoutSuffixes)
    .find((name) => name !== '' && name !== '.' && name !== '..' && name !== '-' && !GENERIC.test(name));
}

function withoutSuffixes(name: string): string {
  const shorter = name.replace(SUFFIX, '');
  return shorter === name || shorter === '' ? name : withoutSuffixes(shorter);
}
