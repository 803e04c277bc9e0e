// Run under exec: `node run-sysctl-tools.mjs CASES RESULTS ETC USR CONF SYSCTL`. Each case of the file CASES, a JSON list, is put into the directories that stand
// for /etc/sysctl.d and /usr/lib/sysctl.d and into the file that stands for /etc/sysctl.conf; both tools apply it to a machine that has just booted. RESULTS
// gets what they printed, and what the files of the case showed afterwards. Texts are one byte a character.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [cases = '', results = '', etc = '', usr = '', conf = '', sysctl = 'sysctl'] = process.argv.slice(2);

function shows(path) {
  try {
    return readFileSync(join('/proc/sys', path), 'latin1');
  } catch (error) {
    return error.code;
  }
}

function put(directory, files) {
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
  for (const [name, text] of Object.entries(files)) {
    if (text === null) symlinkSync('/dev/null', join(directory, name));
    else writeFileSync(join(directory, name), text, 'latin1');
  }
}

const done = JSON.parse(readFileSync(cases, 'utf8')).map(({ files, paths }) => {
  put(etc, files.etc);
  put(usr, files.usr);
  writeFileSync(conf, files.conf, 'latin1');
  const run = (command, ...args) => {
    writeFileSync(process.env.VMSYSCTLD_CONTROL, 'reset\n');
    const { status, stdout, stderr } = spawnSync(command, args, {
      encoding: 'latin1', env: { PATH: process.env.PATH, LC_ALL: 'C', SYSTEMD_LOG_LEVEL: 'debug', SYSTEMD_LOG_TARGET: 'console', SYSTEMD_LOG_COLOR: '0' },
    });
    return { status, stdout, stderr, values: Object.fromEntries(paths.map((path) => [path, shows(path)])) };
  };
  return { systemd: run('/lib/systemd/systemd-sysctl'), procps: run(sysctl, '--system') };
});
writeFileSync(results, JSON.stringify(done));
