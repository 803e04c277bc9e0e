import { fingerprints, repositoryPath, type Report, sentence } from './report.ts';

/** One entry of a Code Quality report of GitLab: what it takes of Code Climate's issues. */
export interface CodeQualityIssue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'major' | 'minor';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const SEVERITIES = { error: 'major', warning: 'minor' } as const;

/** Findings as a Code Quality report of GitLab. */
export function gitlabIssues({ findings, kernels }: Report): CodeQualityIssue[] {
  const prints = fingerprints(findings);
  return findings.map((finding, index) => ({
    description: sentence(finding, kernels),
    check_name: `vmsysctld/${finding.kind}`,
    fingerprint: prints[index] ?? '',
    severity: SEVERITIES[finding.severity],
    location: { path: repositoryPath(finding.file), lines: { begin: finding.line ?? 1 } },
  }));
}
