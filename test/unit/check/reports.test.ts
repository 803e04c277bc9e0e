import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Schema, validator } from '@exodus/schemasafe';
import { SaxesParser } from 'saxes';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { type Finding, KINDS } from '../../../src/check/finding.ts';
import { checkstyleLines } from '../../../src/check/report/checkstyle.ts';
import { githubLines } from '../../../src/check/report/github.ts';
import { gitlabIssues } from '../../../src/check/report/gitlab.ts';
import type { Report } from '../../../src/check/report/report.ts';
import { sarifLog } from '../../../src/check/report/sarif.ts';
import { tableLines } from '../../../src/check/report/table.ts';

const REFUSED: Finding = {
  file: './etc/a b.conf', line: 3, setting: 'vm.swappiness', value: '300', kind: 'refused', severity: 'error', kernels: ['7.3'],
  message: "vm.swappiness takes a whole number from 0 to 200, not '300'",
};
const ODD: Finding = {
  file: '/etc/x.conf', line: 12, setting: 'kernel.core_pattern', value: '<&"%a\n,b:c>', kind: 'overridden', severity: 'warning', kernels: ['v4', '7.3'],
  message: 'line 13 sets it',
};
const WHOLE: Finding = {
  file: '/etc/y.conf', line: null, setting: null, value: null, kind: 'unreadable', severity: 'error', kernels: ['v4', '7.3'], message: 'is a FIFO', host: 'db1',
};
const REPORT: Report = { findings: [REFUSED, ODD, WHOLE, WHOLE], files: 3, settings: 20, hosts: 1, kernels: ['v4', '7.3'], version: '1.2.3' };
const EMPTY: Report = { ...REPORT, findings: [] };

/** Findings with all that a name, a value and a path may have: separators and quotes of each form, controls, no letter of ASCII. */
const HOSTILE: readonly Finding[] = ['%0A::error::x', ']]>&amp;', '"\'<>', '\u0000\u001b[31m\u007f', '\ufffe\ud800', 'a,b:c=d\r\n', '\u00e4\u{1f600}', ''].flatMap((text) => [
  { ...REFUSED, file: `./dir ${text}/x.conf`, setting: text, value: text, message: text },
  { ...WHOLE, file: `/${text}`, message: text, host: text },
]);
const HOSTILE_REPORT: Report = { ...REPORT, findings: HOSTILE };
const ALL_KINDS: Report = { ...REPORT, findings: Object.keys(KINDS).map((kind) => ({ ...REFUSED, kind: kind as Finding['kind'] })) };
const REPORTS = { mixed: REPORT, empty: EMPTY, hostile: HOSTILE_REPORT, 'of all kinds': ALL_KINDS };

/** What a runner of GitHub Actions makes of a line. Mirrors ActionCommand.TryParseV2() (src/Runner.Common/ActionCommand.cs) of actions/runner. */
function workflowCommand(line: string): { readonly command: string; readonly properties: Readonly<Record<string, string>>; readonly data: string } | undefined {
  const [, command = '', words = '', data = ''] = /^::([^ :]+)(?: (.*?))?::(.*)$/s.exec(line) ?? [];
  if (command === '') return undefined;
  const plain = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
  const property = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%25', '%');
  const pairs = words.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), property(pair.slice(pair.indexOf('=') + 1))] as const);
  return { command, properties: Object.fromEntries(pairs), data: plain(data) };
}

/** An element of XML. */
interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The elements of a document, which must be well-formed. */
function elementsOf(xml: string): Element[] {
  const elements: Element[] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => { throw error; });
  parser.on('opentag', ({ name, attributes }) => { elements.push({ name, attributes }); });
  parser.write(xml).close();
  return elements;
}

describe('reports of check', () => {
  it('GitHub: a workflow command for each finding, with its escapes', () => {
    expect(githubLines(REPORT)).toEqual([
      "::error file=etc/a b.conf,line=3,title=vmsysctld%3A refused::vm.swappiness=300 refused on 7.3: vm.swappiness takes a whole number from 0 to 200, not '300'",
      '::warning file=/etc/x.conf,line=12,title=vmsysctld%3A overridden::kernel.core_pattern=<&"%25a%0A,b:c> overridden: line 13 sets it',
      '::error file=/etc/y.conf,title=vmsysctld%3A unreadable::unreadable: is a FIFO',
      '::error file=/etc/y.conf,title=vmsysctld%3A unreadable::unreadable: is a FIFO',
    ]);
  });

  it('GitHub: the runner reads back the place and the text', () => {
    // Of what it documents: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    const KNOWN = ['file', 'line', 'endLine', 'col', 'endColumn', 'title'];
    for (const report of Object.values(REPORTS)) {
      const commands = githubLines(report).map(workflowCommand);
      expect(commands).toHaveLength(report.findings.length);
      report.findings.forEach((finding, index) => {
        const { command, properties, data } = commands[index] ?? { command: '', properties: {}, data: '' };
        expect(['error', 'warning']).toContain(command);
        expect(Object.keys(properties).filter((name) => !KNOWN.includes(name))).toEqual([]);
        expect(properties).toEqual({
          file: finding.file.replace(/^\.\//, ''), title: `vmsysctld: ${finding.kind}`, ...(finding.line !== null && { line: String(finding.line) }),
        });
        expect(data.endsWith(`: ${finding.message}`)).toBe(true);
      });
      expect(githubLines(report).join('')).not.toMatch(/[\r\n]/);
    }
  });

  it('GitLab: a Code Quality report, whose fingerprints differ and do not depend on lines', () => {
    // The fields that GitLab documents, and no others.
    const schema = v.array(v.strictObject({
      description: v.pipe(v.string(), v.minLength(1)), check_name: v.pipe(v.string(), v.minLength(1)), fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      severity: v.picklist(['info', 'minor', 'major', 'critical', 'blocker']),
      location: v.strictObject({ path: v.pipe(v.string(), v.regex(/^(?!\.\/)/)), lines: v.strictObject({ begin: v.pipe(v.number(), v.integer(), v.minValue(1)) }) }),
    }));
    for (const [what, report] of Object.entries(REPORTS)) {
      const written = v.parse(schema, JSON.parse(JSON.stringify(gitlabIssues(report))), { message: what });
      expect(new Set(written.map(({ fingerprint }) => fingerprint)).size, what).toBe(report.findings.length);
    }
    const issues = v.parse(schema, gitlabIssues(REPORT));
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(4);
    const moved = gitlabIssues({ ...REPORT, findings: [{ ...REFUSED, line: 99 }, { ...ODD, line: 1, message: 'line 2 sets it' }] });
    expect(moved.map(({ fingerprint }) => fingerprint)).toEqual(issues.slice(0, 2).map(({ fingerprint }) => fingerprint));
    expect(gitlabIssues(EMPTY)).toEqual([]);
  });

  it('SARIF: each result names its rule, its place and its level', () => {
    const [run] = sarifLog(REPORT).runs;
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(Object.keys(KINDS));
    const results = run?.results ?? [];
    expect(results.map(({ ruleId, ruleIndex }) => run?.tool.driver.rules?.[ruleIndex ?? -1]?.id === ruleId)).toEqual([true, true, true, true]);
    expect(results[0]).toEqual({
      ruleId: 'refused', ruleIndex: Object.keys(KINDS).indexOf('refused'), level: 'error',
      message: { text: "vm.swappiness=300 refused on 7.3: vm.swappiness takes a whole number from 0 to 200, not '300'" },
      locations: [{ physicalLocation: { artifactLocation: { uri: 'etc/a%20b.conf' }, region: { startLine: 3 } } }],
      partialFingerprints: { 'vmsysctld/v1': expect.stringMatching(/^[0-9a-f]{16}$/) as unknown },
      properties: { kernels: ['7.3'], setting: 'vm.swappiness' },
    });
    expect(results[2]?.locations).toEqual([{ physicalLocation: { artifactLocation: { uri: 'file:///etc/y.conf' } } }]);
  });

  it('SARIF: the schema of the standard accepts it', () => {
    // The package of Microsoft ships it; one that matches for jest is not wanted here.
    const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
    // The pattern of `language`, which no report has, is not a regular expression.
    const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) => (key === 'pattern' && String(value).endsWith(']?$') ? undefined : value)) as Schema;
    const validate = validator(schema, { mode: 'lax', includeErrors: true });
    for (const [what, report] of Object.entries(REPORTS)) {
      const log = JSON.parse(JSON.stringify(sarifLog(report))) as object;
      expect({ what, valid: validate(log as never), errors: validate.errors }).toEqual({ what, valid: true, errors: null });
    }
    // It is strict: another member, another level, a line 0, a URI with a blank.
    const [result] = sarifLog({ ...REPORT, findings: [REFUSED] }).runs[0]?.results ?? [];
    const place = (uri: string, startLine: number): object => ({ locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine } } }] });
    for (const wrong of [{ colour: 'red' }, { level: 'bad' }, place('a.conf', 0), place('a b.conf', 1), { message: {} }]) {
      const log = sarifLog(EMPTY);
      const bad = { ...log, runs: [{ ...log.runs[0], results: [{ ...result, ...wrong }] }] };
      expect({ wrong, valid: validate(JSON.parse(JSON.stringify(bad)) as never) }).toEqual({ wrong, valid: false });
    }
  });

  it('Checkstyle: well-formed, with the elements and attributes that readers want', () => {
    for (const [what, report] of Object.entries(REPORTS)) {
      const [top, ...elements] = elementsOf(checkstyleLines(report).join('\n'));
      expect(top, what).toEqual({ name: 'checkstyle', attributes: { version: '4.3' } });
      expect(elements.filter(({ name }) => name === 'error')).toHaveLength(report.findings.length);
      expect(elements.filter(({ name }) => name === 'file').map(({ attributes }) => Object.keys(attributes)))
        .toEqual([...new Set(report.findings.map(({ file }) => file))].map(() => ['name']));
      for (const { name, attributes } of elements) {
        if (name === 'file') continue;
        expect(name).toBe('error');
        expect(Object.keys(attributes)).toEqual(['line', 'severity', 'message', 'source']);
        expect(attributes['line']).toMatch(/^[1-9]\d*$/);
        expect(attributes['severity']).toMatch(/^(?:error|warning|info|ignore)$/);
      }
    }
    const [, , error] = elementsOf(checkstyleLines({ ...REPORT, findings: [ODD] }).join('\n'));
    expect(error?.attributes['message']).toBe('kernel.core_pattern=<&"%a\n,b:c> overridden: line 13 sets it');
  });

  it('Checkstyle: XML with its escapes, a file once', () => {
    expect(checkstyleLines(REPORT)).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<checkstyle version="4.3">',
      '  <file name="etc/a b.conf">',
      '    <error line="3" severity="error" message="vm.swappiness=300 refused on 7.3: vm.swappiness takes a whole number from 0 to 200, not &apos;300&apos;" source="vmsysctld.refused"/>',
      '  </file>',
      '  <file name="/etc/x.conf">',
      '    <error line="12" severity="warning" message="kernel.core_pattern=&lt;&amp;&quot;%a&#10;,b:c&gt; overridden: line 13 sets it" source="vmsysctld.overridden"/>',
      '  </file>',
      '  <file name="/etc/y.conf">',
      '    <error line="1" severity="error" message="unreadable: is a FIFO" source="vmsysctld.unreadable"/>',
      '    <error line="1" severity="error" message="unreadable: is a FIFO" source="vmsysctld.unreadable"/>',
      '  </file>',
      '</checkstyle>',
    ]);
    expect(checkstyleLines({ ...REPORT, findings: [{ ...ODD, value: '\u0001\u001b[31m\ud800' }] }).join('')).toContain('kernel.core_pattern=\ufffd\ufffd[31m\ufffd overridden');
  });

  it('a table by file, and what it is of', () => {
    expect(tableLines(REPORT, (how, text) => (how === 'error' ? `<${text}>` : text))).toEqual([
      './etc/a b.conf',
      "    3  <error  >  refused  vm.swappiness = 300  vm.swappiness takes a whole number from 0 to 200, not '300' (on 7.3)",
      '',
      '/etc/x.conf',
      '   12  warning  overridden  kernel.core_pattern = <&"%a\\x0a,b:c>  line 13 sets it',
      '',
      '/etc/y.conf',
      '       <error  >  unreadable  is a FIFO',
      '       <error  >  unreadable  is a FIFO',
      '',
      '20 settings in 3 files of 1 host, on 2 kernels (v4, 7.3): 3 errors, 1 warning',
    ]);
    expect(tableLines({ ...EMPTY, hosts: 0 }, (_, text) => text)).toEqual(['20 settings in 3 files, on 2 kernels (v4, 7.3): nothing found']);
  });
});
