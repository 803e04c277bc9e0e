import type { Finding } from '../finding.ts';
import { repositoryPath, type Report, sentence } from './report.ts';

/**
 * Findings as commands to a runner of GitHub Actions, which shows them at the lines of a pull request. The package @actions/core writes the same,
 * and brings an HTTP client with it.
 */
export function githubLines({ findings, kernels }: Report): string[] {
  return findings.map((finding) => command(finding, kernels));
}

function command(finding: Finding, kernels: readonly string[]): string {
  const { file, line, severity, kind } = finding;
  const properties = [`file=${property(repositoryPath(file))}`, ...(line === null ? [] : [`line=${line}`]), `title=${property(`vmsysctld: ${kind}`)}`];
  return `::${severity} ${properties.join(',')}::${data(sentence(finding, kernels))}`;
}

/** escapeData() of the toolkit. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** escapeProperty() of the toolkit. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
