import { it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { bootMachine } from './support/machine.ts';
it('x', async () => {
  const m = await bootMachine();
  try {
    const r = await m.sh(`UNITS=$(npm root -g)/vmsysctld/systemd; cp $UNITS/vmsysctld*.service /etc/systemd/system/; systemd-sysusers $UNITS/vmsysctld.sysusers; systemctl daemon-reload; systemctl start vmsysctld; journalctl -u vmsysctld -o cat --no-pager | tail -30; ls -ld /run/vmsysctld /var/log/vmsysctld /dev/fuse; for s in "" "SystemCallFilter=" "SystemCallFilter=\\nRestrictNamespaces=no" "SystemCallFilter=\\nUMask=0022" "DevicePolicy=auto\\nDeviceAllow="; do mkdir -p /etc/systemd/system/vmsysctld.service.d; printf "[Service]\\n$s\\n" > /etc/systemd/system/vmsysctld.service.d/x.conf; systemctl daemon-reload; systemctl reset-failed vmsysctld; echo "== $s"; systemctl start vmsysctld; systemctl is-active vmsysctld;  journalctl -u vmsysctld -o cat --no-pager -n 4; systemctl stop vmsysctld; done`);
    writeFileSync('/tmp/front-j.log', r.stdout + r.stderr);
  } finally { await m.end(); }
});
