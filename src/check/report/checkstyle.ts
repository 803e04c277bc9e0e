import type { Finding } from '../finding.ts';
import { repositoryPath, type Report, sentence } from './report.ts';

/** Findings as Checkstyle writes them in XML, which Jenkins and many others read. */
export function checkstyleLines({ findings, kernels }: Report): string[] {
  const byFile = new Map<string, Finding[]>(findings.map(({ file }) => [file, []]));
  for (const finding of findings) byFile.get(finding.file)?.push(finding);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<checkstyle version="4.3">',
    ...[...byFile].flatMap(([file, of]) => [
      `  <file name="${attribute(repositoryPath(file))}">`,
      ...of.map((finding) => {
        const { line, severity, kind } = finding;
        return `    <error line="${line ?? 1}" severity="${severity}" message="${attribute(sentence(finding, kernels))}" source="vmsysctld.${kind}"/>`;
      }),
      '  </file>',
    ]),
    '</checkstyle>',
  ];
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** A text as the value of an attribute. Characters that XML 1.0 cannot have become U+FFFD. */
function attribute(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\u0000-\u001f\ud800-\udfff\ufffe\uffff]/gu, '\ufffd');
}
