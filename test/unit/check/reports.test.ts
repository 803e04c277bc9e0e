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

describe('reports of check', () => {
  it('GitHub: a workflow command for each finding, with its escapes', () => {
    expect(githubLines(REPORT)).toEqual([
      "::error file=etc/a b.conf,line=3,title=vmsysctld%3A refused::vm.swappiness=300 refused on 7.3: vm.swappiness takes a whole number from 0 to 200, not '300'",
      '::warning file=/etc/x.conf,line=12,title=vmsysctld%3A overridden::kernel.core_pattern=<&"%25a%0A,b:c> overridden: line 13 sets it',
      '::error file=/etc/y.conf,title=vmsysctld%3A unreadable::unreadable: is a FIFO',
      '::error file=/etc/y.conf,title=vmsysctld%3A unreadable::unreadable: is a FIFO',
    ]);
  });

  it('GitLab: a Code Quality report, whose fingerprints differ and do not depend on lines', () => {
    // The fields that GitLab documents, and no others.
    const schema = v.array(v.strictObject({
      description: v.pipe(v.string(), v.minLength(1)), check_name: v.pipe(v.string(), v.minLength(1)), fingerprint: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      severity: v.picklist(['info', 'minor', 'major', 'critical', 'blocker']),
      location: v.strictObject({ path: v.pipe(v.string(), v.regex(/^(?!\.\/)/)), lines: v.strictObject({ begin: v.pipe(v.number(), v.integer(), v.minValue(1)) }) }),
    }));
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
