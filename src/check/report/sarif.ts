import type { Log, ReportingDescriptor, Result } from 'sarif';
import { type Finding, type FindingKind, KINDS } from '../finding.ts';
import { fingerprints, repositoryPath, type Report, sentence } from './report.ts';

const KIND_NAMES = Object.keys(KINDS) as FindingKind[];

/**
 * Findings as SARIF 2.1.0, as GitHub code scanning and editors read it. Its shape is checked by the types of the package @types/sarif, which are made
 * of the schema. A builder such as node-sarif-builder would add nothing to one literal.
 */
export function sarifLog({ findings, kernels, version }: Report): Log {
  const prints = fingerprints(findings);
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{
      tool: { driver: { name: 'vmsysctld', version, rules: KIND_NAMES.map(rule) } },
      columnKind: 'unicodeCodePoints',
      results: findings.map((finding, index) => result(finding, kernels, prints[index] ?? '')),
    }],
  };
}

function rule(kind: FindingKind): ReportingDescriptor {
  const { severity, about } = KINDS[kind];
  return { id: kind, shortDescription: { text: about }, defaultConfiguration: { level: severity } };
}

function result(finding: Finding, kernels: readonly string[], fingerprint: string): Result {
  const { file, line, kind, severity, setting, host } = finding;
  return {
    ruleId: kind,
    ruleIndex: KIND_NAMES.indexOf(kind),
    level: severity,
    message: { text: sentence(finding, kernels) },
    locations: [{
      physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...(line !== null && { region: { startLine: line } }) },
    }],
    partialFingerprints: { 'vmsysctld/v1': fingerprint },
    properties: { kernels: [...finding.kernels], ...(setting !== null && { setting }), ...(host !== undefined && { host }) },
  };
}

/** A path as a reference to a URI: what a path may have and a URI may not is escaped. Halves of surrogate pairs, which have no UTF-8, become U+FFFD. */
function uriOf(path: string): string {
  const escaped = repositoryPath(path).replace(/[\ud800-\udfff]/gu, '\ufffd').split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${escaped}` : escaped;
}
