import { expect, test } from 'vitest';

import { defaultLogPath } from '../../src/daemon/log/where.ts';

test.each([
  ['root', 0, {}, '/var/log/vmsysctld/vmsysctld.log'],
  ['root, whose XDG variables do not count', 0, { XDG_STATE_HOME: '/state' }, '/var/log/vmsysctld/vmsysctld.log'],
  ['a user', 1000, {}, '/home/u/.local/state/vmsysctld/vmsysctld.log'],
  ['XDG_STATE_HOME', 1000, { XDG_STATE_HOME: '/state/' }, '/state/vmsysctld/vmsysctld.log'],
  ['empty: as unset', 1000, { XDG_STATE_HOME: '' }, '/home/u/.local/state/vmsysctld/vmsysctld.log'],
  ['relative: does not count', 1000, { XDG_STATE_HOME: 'state' }, '/home/u/.local/state/vmsysctld/vmsysctld.log'],
])('%s', (_, uid, env, path) => {
  expect(defaultLogPath(uid, env, '/home/u')).toBe(path);
});
