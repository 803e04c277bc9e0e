import { printable } from '../../abi/printable.ts';
import type { PolicyName } from '../verdict/policy.ts';
import { counts } from '../history/event.ts';
import { type Count, countAll, hostOf, joinCaptures, type Summary, VERDICTS } from '../summary/summary.ts';
import { type PageData, pageData } from './page-data.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { grouped, many, shortSize } from './words.ts';

/**
 * The report as one page that works offline: its content security policy allows no requests. `chartLibrary` is Chart.js as a classic
 * script.
 */
export function htmlReport(raw: Summary, policies: readonly PolicyName[], chartLibrary: string): string {
  const summary = joinCaptures(raw);
  const data = pageData(summary, policies);
  const all = countAll(summary.events);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Memory failures that would have panicked</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>Which memory failures would have panicked?</h1>
<p>Had <code>vm.panic_on_unrecoverable_memory_failure</code> been 1. ${escape(read(summary, all))}</p>
<div class="cards">${policies.map((policy) => card(policy, all)).join('')}</div>
${notes(summary, data).map((note) => `<p class="note">${escape(note)}</p>`).join('\n')}
${all.events === 0 ? '' : charts(data, policies)}
<h2>Memory failures</h2>
<p><label>Find <input id="search" type="search"></label> <label>verdict <select id="only"><option value="">any</option>${VERDICTS.map((verdict) => `<option>${verdict}</option>`).join('')}</select></label> <span id="shown"></span></p>
<div class="scroll"><table><thead id="head"></thead><tbody id="events"></tbody></table></div>
<script type="application/json" id="data">${JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? printable(value) : value)).replaceAll('<', '\\u003c')}</script>
<script>${chartLibrary.replaceAll('</script', '<\\/script')}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function read({ totals, events }: Summary, all: Count): string {
  const hosts = new Set(events.filter(counts).map(hostOf)).size;
  return `${many(totals.files, 'file')}, ${many(totals.lines, 'line')}, ${shortSize(totals.bytes)}: ${many(all.events, 'memory failure')} on ${many(hosts, 'host')}, ${grouped(all.crashes)} followed by a crash.`;
}

function card(policy: PolicyName, { verdicts }: Count): string {
  const of = verdicts[policy];
  return `<div class="card"><h2>${policy === 'v4' ? 'v4, as posted' : '7.3, as merged'}</h2>
<p><b class="would-panic">${grouped(of['would-panic'])}</b> would panic</p><p><b class="undecidable">${grouped(of.undecidable)}</b> undecidable</p><p><b>${grouped(of['would-not'])}</b> would not</p></div>`;
}

function charts({ timelineHosts }: PageData, policies: readonly PolicyName[]): string {
  const last = policies.at(-1);
  const choice = policies.map((policy) => `<label><input type="radio" name="policy" value="${policy}"${policy === last ? ' checked' : ''}> ${policy}</label>`);
  return `<h2>By page type and result</h2>
<div class="pair">${policies.map((policy) => `<div class="chart"><canvas id="types-${policy}"></canvas></div>`).join('')}</div>
${timelineHosts.length === 0 ? '' : `<h2>When, host by host</h2>
<p>${choice.length > 1 ? `${choice.join(' ')} &nbsp; ` : ''}With a thick border: the machine crashed within the window after it.</p>
<div class="chart"><canvas id="timeline"></canvas></div>`}`;
}

function notes({ events, totals }: Summary, data: PageData): string[] {
  const hidden = events.length - data.events.length;
  const undated = data.events.filter(({ x }) => x === null).length;
  const bad = totals.malformed.invalidUtf8 + totals.malformed.json + totals.malformed.unfinished + totals.malformed.truncated + totals.unreadable;
  return [
    ...(hidden > 0 ? [`The list and the timeline hold ${grouped(data.events.length)} of ${grouped(events.length)}; the counts are of all.`] : []),
    ...(undated > 0 && data.events.length > undated ? [`${grouped(undated)} have no ${data.clock === 'wall' ? 'date' : 'time'} and are not in the timeline.`] : []),
    ...(totals.leftOut > 0 ? [`${grouped(totals.leftOut)} were left out by --host, --since or --until.`] : []),
    ...(bad > 0 ? [`${grouped(bad)} lines or files were malformed or could not be read.`] : []),
  ];
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The style of the page, light and dark. */
const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #dde1e6; --back: #fff; --card: #f5f7f9; }
@media (prefers-color-scheme: dark) { :root { --line: #444a55; --back: #16181d; --card: #20242b; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 1280px; margin: 24px auto; padding: 0 20px; background: var(--back); }
h1 { font-size: 24px; margin-bottom: 4px; } h2 { font-size: 17px; margin: 24px 0 6px; }
.cards, .pair { display: flex; gap: 16px; flex-wrap: wrap; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 22px; min-width: 170px; }
.card h2 { margin: 0 0 4px; } .card p { margin: 2px 0; } .card b { font-size: 20px; display: inline-block; min-width: 1.6em; }
.pair > .chart { flex: 1 1 480px; min-width: 0; } .chart { position: relative; }
.note { margin: 6px 0; font-style: italic; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; } td.long { white-space: normal; overflow-wrap: anywhere; min-width: 16em; }
tr.aside { opacity: 0.55; }
.would-panic { color: #c62828; font-weight: 600; } .undecidable { color: #b26a00; font-weight: 600; }
@media (prefers-color-scheme: dark) { .would-panic { color: #ff6b62; } .undecidable { color: #ffc34d; } }
`;
