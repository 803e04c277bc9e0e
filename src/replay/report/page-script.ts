/**
 * The script of the page: draws the charts and fills the list. It runs in a browser, with Chart and the data (PageData of html.ts, in
 * #data). It makes no requests. Texts from logs are only set as textContent.
 */
export const PAGE_SCRIPT = String.raw`
'use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const LOOKS = {
  'would-panic': { label: 'would panic', color: '#c62828', point: 'triangle', radius: 8 },
  'undecidable': { label: 'undecidable', color: '#f9a825', point: 'rectRot', radius: 7 },
  'would-not': { label: 'would not', color: '#78909c', point: 'circle', radius: 4 },
};
const VERDICTS = Object.keys(LOOKS);
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
Chart.defaults.color = dark ? '#ccd' : '#333';
Chart.defaults.borderColor = dark ? '#444a55' : '#dde1e6';
Chart.defaults.font.family = 'system-ui, sans-serif';
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;

function bars(policy) {
  const canvas = document.getElementById('types-' + policy);
  canvas.parentElement.style.height = 70 + 26 * data.types.length + 'px';
  new Chart(canvas, {
    type: 'bar',
    data: {
      labels: data.types.map(({ name }) => name),
      datasets: VERDICTS.map((verdict) => ({
        label: LOOKS[verdict].label, backgroundColor: LOOKS[verdict].color, data: data.types.map(({ verdicts }) => verdicts[policy][verdict]),
      })),
    },
    options: {
      indexAxis: 'y',
      scales: { x: { stacked: true, ticks: { precision: 0 } }, y: { stacked: true, ticks: { autoSkip: false } } },
      plugins: { title: { display: true, text: 'under ' + policy } },
    },
  });
}

const pad = (n) => String(n).padStart(2, '0');
function timeLabel(ms, span) {
  const date = new Date(ms);
  const day = date.getUTCFullYear() + '-' + pad(date.getUTCMonth() + 1) + '-' + pad(date.getUTCDate());
  const clock = pad(date.getUTCHours()) + ':' + pad(date.getUTCMinutes()) + (span < 600000 ? ':' + pad(date.getUTCSeconds()) : '');
  return span > 5 * 86400000 ? day : day.slice(5) + ' ' + clock;
}

let timeline;
function drawTimeline(policy) {
  const canvas = document.getElementById('timeline');
  if (!canvas) return;
  canvas.parentElement.style.height = 90 + 28 * data.timelineHosts.length + 'px';
  const drawn = data.events.filter(({ x, y }) => x !== null && y >= 0);
  const xs = drawn.map(({ x }) => x);
  const first = xs.reduce((a, b) => Math.min(a, b), Infinity);
  const span = xs.reduce((a, b) => Math.max(a, b), -Infinity) - first;
  const margin = span === 0 ? (data.clock === 'wall' ? 3600000 : 1) : span * 0.02;
  timeline?.destroy();
  timeline = new Chart(canvas, {
    type: 'scatter',
    data: {
      datasets: VERDICTS.map((verdict) => {
        const points = drawn.filter((event) => event.verdict[policy] === verdict);
        return {
          label: LOOKS[verdict].label, data: points, backgroundColor: LOOKS[verdict].color, pointStyle: LOOKS[verdict].point,
          pointRadius: LOOKS[verdict].radius, pointHoverRadius: LOOKS[verdict].radius + 2,
          pointBorderColor: points.map(({ crash }) => (crash ? (dark ? '#fff' : '#000') : LOOKS[verdict].color)),
          pointBorderWidth: points.map(({ crash }) => (crash ? 3 : 1)),
        };
      }),
    },
    options: {
      scales: {
        x: {
          type: 'linear', min: data.clock === 'wall' ? first - margin : Math.max(0, first - margin), max: first + span + margin,
          title: { display: true, text: data.clock === 'wall' ? 'time, as the logs have it' : 'seconds since boot (the logs have no dates)' },
          ticks: { callback: (value) => (data.clock === 'wall' ? timeLabel(value, span) : value.toLocaleString('en')), maxRotation: 0, autoSkipPadding: 24 },
        },
        y: {
          type: 'linear', min: -0.5, max: data.timelineHosts.length - 0.5, reverse: true,
          afterBuildTicks: (axis) => { axis.ticks = data.timelineHosts.map((_, value) => ({ value })); },
          ticks: { autoSkip: data.timelineHosts.length > 60, callback: (value) => data.timelineHosts[value] },
        },
      },
      plugins: {
        legend: { labels: { usePointStyle: true } },
        tooltip: {
          callbacks: {
            label: ({ raw }) => [raw.when + ' ' + raw.host, raw.pfn + ': ' + raw.type + ': ' + raw.result, raw.reason].concat(raw.crash ? [raw.crash] : []),
          },
        },
      },
      onClick: (_, [hit]) => {
        if (hit) document.getElementById('event-' + timeline.data.datasets[hit.datasetIndex].data[hit.index].id)?.scrollIntoView({ block: 'center' });
      },
    },
  });
}

const COLUMNS = [
  ['time', ({ when }) => when], ['host', ({ host }) => host], ['pfn', ({ pfn }) => pfn],
  ['page type: result', ({ type, result }) => type + ': ' + result],
  ...data.policies.map((policy) => [policy, ({ verdict }) => LOOKS[verdict[policy]].label, ({ verdict }) => verdict[policy]]),
  ['why', ({ reason }) => reason, () => 'long'], ['killed', ({ killed }) => killed], ['then', ({ crash }) => crash ?? '', ({ crash }) => (crash ? 'long' : '')],
  ['note', ({ note }) => note], ['where', ({ where }) => where],
];
const body = document.getElementById('events');
const rows = data.events.map((event) => {
  const row = body.insertRow();
  row.id = 'event-' + event.id;
  if (!event.counts) row.className = 'aside';
  for (const [, text, style] of COLUMNS) {
    const cell = row.insertCell();
    cell.textContent = text(event);
    if (style) cell.className = style(event);
  }
  return { event, row, words: row.textContent.toLowerCase() };
});
const head = document.getElementById('head').insertRow();
for (const [name] of COLUMNS) head.appendChild(document.createElement('th')).textContent = name;

const search = document.getElementById('search');
const only = document.getElementById('only');
function choose() {
  let shown = 0;
  for (const { event, row, words } of rows) {
    const fits = words.includes(search.value.toLowerCase()) && (only.value === '' || data.policies.some((policy) => event.verdict[policy] === only.value));
    row.hidden = !fits;
    if (fits) shown += 1;
  }
  document.getElementById('shown').textContent = shown + ' of ' + rows.length;
}
search.addEventListener('input', choose);
only.addEventListener('change', choose);
choose();

for (const policy of data.policies) bars(policy);
for (const button of document.querySelectorAll('input[name=policy]')) button.addEventListener('change', () => drawTimeline(button.value));
drawTimeline(data.policies[data.policies.length - 1]);
document.documentElement.dataset.drawn = 'yes';
`;
