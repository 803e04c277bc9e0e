/** How the page looks, in light and in dark. */
export const PAGE_STYLE = `
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
