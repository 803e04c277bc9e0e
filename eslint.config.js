// The house rules a machine can check. Most of the work is keeping imports one way: see MAY_IMPORT.
import { builtinModules } from 'node:module';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * What each folder of src may import, besides itself and what needs no folder: the map of imports, drawn in docs/architecture.md. It is a partial
 * order: `replay` and `daemon`, for one, know nothing of each other.
 */
const MODEL = ['kernel', 'abi'];
const MACHINE = ['machine', 'files', 'machine-file', 'control', 'language', 'vfs', ...MODEL];
export const MAY_IMPORT = {
  main: ['cli', 'daemon'],
  cli: ['daemon', 'fuse', 'replay', 'check', ...MACHINE],
  daemon: ['fuse', ...MACHINE],
  library: ['check', ...MACHINE],
  machine: MACHINE,
  files: ['machine-file', 'control', 'language', 'vfs', ...MODEL],
  replay: ['control', 'language', ...MODEL],
  check: ['language', ...MODEL],
  'machine-file': ['control', 'language', ...MODEL],
  control: ['language', 'vfs', ...MODEL],
  language: MODEL,
  fuse: ['abi'],
  vfs: ['abi'],
  kernel: ['abi'],
  abi: [],
};

/** The folders that are pure: no I/O, no clock, no chance, nothing of Node. */
const PURE = ['replay', 'check', 'library', 'machine', 'files', 'machine-file', 'control', 'language', 'vfs', 'kernel', 'abi'];

const IMPURE_GLOBALS = [
  'Buffer', 'clearImmediate', 'clearInterval', 'clearTimeout', 'console', 'fetch', 'performance', 'process', 'require', 'setImmediate',
  'setInterval', 'setTimeout',
];

const NATIVE_ELSEWHERE = 'only src/fuse imports fuse-native';

const files = (layer) => (layer === 'main' ? ['src/main.ts'] : [`src/${layer}/**/*.ts`]);

function folderRules([layer, may]) {
  const pure = PURE.includes(layer);
  const mayNot = Object.keys(MAY_IMPORT).filter((other) => other !== layer && other !== 'main' && !may.includes(other));
  const patterns = [{
    // `../cli/x.ts`, `../../cli/x.ts`, `./cli/x.ts` in main, `../main.ts`: into a folder that the map does not name.
    regex: String.raw`^(\./)?(\.\./)*(${layer === 'main' ? '' : String.raw`(?<=\.\./)`}(${mayNot.join('|')})/|(?<=\.\./)main\.)`,
    message: `the map of imports: ${layer} imports ${may.length === 0 ? 'no other folder' : may.join(', ')} and itself`,
  }];
  const message = `${layer} is pure: nothing of Node`;
  if (pure) patterns.push({ regex: `^(node:|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})(/|$))`, message });
  // By require and import() as well as by import.
  const syntax = layer === 'fuse' ? [] : [
    { selector: 'ImportExpression[source.value="fuse-native"]', message: NATIVE_ELSEWHERE },
    { selector: 'CallExpression[callee.name=/^require/] > Literal[value="fuse-native"]', message: NATIVE_ELSEWHERE },
  ];
  if (pure) {
    syntax.push(
      { selector: 'ImportExpression', message: `${layer} is pure: no import() at run time` },
      { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: `${layer} is pure: the time comes from outside` },
      { selector: 'MetaProperty', message: `${layer} is pure: no import.meta` },
    );
  }
  return {
    name: `layer ${layer}`,
    files: files(layer),
    rules: {
      'no-restricted-imports': ['error', { patterns, paths: layer === 'fuse' ? [] : [{ name: 'fuse-native', message: NATIVE_ELSEWHERE }] }],
      'no-restricted-syntax': ['error', ...syntax],
      'no-restricted-properties': ['error',
        ...(layer === 'main' ? [] : [{ object: 'process', property: 'exit', message: 'only src/main.ts ends the process' }]),
        ...(pure ? [
          { object: 'Date', property: 'now', message: `${layer} is pure: the time comes from outside` },
          { object: 'Math', property: 'random', message: `${layer} is pure: chance comes from the seed` },
        ] : []),
      ],
      ...(pure ? { 'no-restricted-globals': ['error', ...IMPURE_GLOBALS.map((name) => ({ name, message }))] } : {}),
    },
  };
}

export default defineConfig(
  { ignores: ['build/', 'dist/', 'dist.*/', 'node_modules/', 'coverage/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'vitest.config.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: ['test/tsconfig.json'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      // Numbers in template literals are what these are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A method that answers with a promise need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      // Tables and tests hand functions about that interfaces declare as methods; none of those uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      eqeqeq: 'error',
    },
  },
  {
    name: 'seeds of tests',
    files: ['test/**/*.ts'],
    ignores: ['test/support/fast-check.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: [{ name: 'fast-check', message: 'import it from test/support/fast-check.ts, which gives it the seed of the run' }] }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'what is random in a test comes from SEED of test/support/seed.ts' }],
    },
  },
  // The configuration of vitest lies outside the compiler's projects.
  { files: ['vitest.config.ts'], extends: [tseslint.configs.disableTypeChecked], languageOptions: { parserOptions: { project: null } } },
  Object.entries(MAY_IMPORT).map(folderRules),
);
