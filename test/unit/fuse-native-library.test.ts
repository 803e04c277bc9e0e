import { expect, it } from 'vitest';
import { whyNotLoaded } from '../../src/fuse/fuse-native-library.ts';

const NO_BUILD = 'No native build was found for platform=linux arch=x64 runtime=node abi=115\n    loaded from: /x\n';

it.each([
  ["Cannot find module 'fuse-native'\nRequire stack:", 'linux-x64', 'fuse-native is not installed: npm install --ignore-scripts fuse-native, with -g if vmsysctld is, and apt-get install libfuse2 fuse3'],
  ["Cannot find module 'fuse-native'\nRequire stack:", 'linux-arm64', 'fuse-native has no build for linux-arm64, only for linux-x64: use --transport dev-fuse'],
  ['libfuse.so.2: cannot open shared object file: No such file or directory', 'linux-x64', 'libfuse.so.2 is missing: apt-get install libfuse2 fuse3'],
  [NO_BUILD, 'linux-arm64', 'fuse-native has no build for linux-arm64, only for linux-x64: use --transport dev-fuse'],
  [NO_BUILD, 'linux-x64', 'the binary of fuse-native for linux-x64 is missing from its package: install fuse-native again, or use --transport dev-fuse'],
  ['another\nreason', 'linux-x64', 'fuse-native cannot be loaded: another'],
])('%j on %s becomes what is wrong and what would be right', (text, platform, said) => {
  expect(whyNotLoaded(text, platform)).toBe(said);
});
