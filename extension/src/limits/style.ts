/** How the parts around the canvas look; colours come from the theme. */

export const STYLE = `
.vre-limits { color: var(--vre-text); background: var(--vre-background); font: 13px/1.4 system-ui, sans-serif;
  container-type: inline-size; }
.vre-limits * { box-sizing: border-box; }
.vre-body { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 10px; }
@container (max-width: 760px) { .vre-body { grid-template-columns: minmax(0, 1fr); } }
.vre-plot { position: relative; height: var(--vre-height, 560px); min-width: 0; direction: ltr; }
.vre-canvas { position: absolute; inset: 0; }
.vre-canvas .vre-on-label { cursor: grab; }
.vre-handles { position: absolute; inset: 0; pointer-events: none; overflow: hidden; }
.vre-limits .vre-handles button { min-height: 0; position: absolute; top: 0; left: 0; padding: 0; border: 0; background: none; }
.vre-controls, .vre-buttons { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; padding: 4px 2px; }
.vre-limits button, .vre-limits select, .vre-limits input[type=search] { font: inherit; color: inherit;
  background: var(--vre-background); border: 1px solid var(--vre-line); border-radius: 4px; padding: 2px 8px; }
.vre-limits button { cursor: pointer; }
.vre-limits button:hover { border-color: var(--vre-text); }
.vre-limits button[aria-pressed=true] { background: var(--vre-text); color: var(--vre-background); }
.vre-limits button, .vre-limits select { min-height: 24px; }
.vre-limits label { display: inline-flex; gap: 4px; align-items: center; min-height: 24px; }
.vre-limits input[type=checkbox], .vre-limits input[type=range] { accent-color: #0072b2; margin: 0;
  vertical-align: middle; }
.vre-limits[data-theme=dark] input { accent-color: #56b4e9; color-scheme: dark; }
.vre-limits[data-theme=dark] select { color-scheme: dark; }
.vre-limits :focus-visible { outline: 2px solid #0072b2; outline-offset: 1px; }
.vre-limits[data-theme=dark] :focus-visible { outline-color: #56b4e9; }
.vre-side { display: flex; flex-direction: column; gap: 6px; max-height: var(--vre-height, 560px); min-width: 0; padding-top: 4px; }
.vre-limits fieldset { border: 0; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 10px; min-width: 0; }
.vre-limits legend { float: inline-start; padding: 0; padding-inline-end: 8px; font-weight: 600; line-height: 24px; }
.vre-scroll { overflow: auto; min-height: 0; }
.vre-side .vre-scroll { flex: 1; border-top: 1px solid var(--vre-grid); }
.vre-limits table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.vre-limits th, .vre-limits td { text-align: start; padding: 2px; padding-inline-end: 6px; font-weight: normal; vertical-align: top;
  border-bottom: 1px solid var(--vre-grid); color: inherit; background: none; white-space: normal; }
.vre-limits thead th { font-weight: 600; font-size: 11px; position: sticky; top: 0; background: var(--vre-background); }
.vre-side tbody tr { height: 26px; }
.vre-side td button { padding: 0 5px; font-size: 11px; }
.vre-limits .vre-name { border: 0; padding: 0; text-align: start; background: none; }
.vre-limits .vre-off .vre-name { color: var(--vre-line); }
.vre-off .vre-swatch { opacity: 0.35; }
.vre-swatch { display: inline-block; width: 26px; height: 3px; margin-inline-end: 6px; vertical-align: middle; }
.vre-sliders { padding: 6px 2px !important; gap: 4px 22px !important; align-items: center; }
.vre-sliders label, .vre-year { display: inline-flex; gap: 8px; align-items: center; }
.vre-limits :is(.vre-sliders label, .vre-year) { max-width: 100%; }
.vre-sliders input { flex: 0 1 170px; min-width: 3em; }
.vre-year input { flex: 0 1 260px; min-width: 3em; }
.vre-limits output { min-width: 5em; font-variant-numeric: tabular-nums; }
.vre-tip { position: absolute; z-index: 5; max-width: 340px; padding: 8px 10px; pointer-events: none; font-size: 12px;
  background: var(--vre-background); border: 1px solid var(--vre-line); border-radius: 6px;
  box-shadow: 0 3px 14px rgb(0 0 0 / 25%); overflow-wrap: anywhere; }
.vre-tip[hidden] { display: none; }
.vre-reading { font-size: 13px; font-variant-numeric: tabular-nums; margin: 2px 0 4px; }
.vre-warning { color: var(--vre-warning); }
.vre-tip dl { display: grid; grid-template-columns: auto 1fr; gap: 0 8px; margin: 0; }
.vre-tip dt { opacity: 0.7; }
.vre-tip dd { margin: 0; }
.vre-compare table { width: auto; min-width: 50%; margin: 6px 0; }
.vre-compare th, .vre-compare td { padding-inline-end: 18px; }
.vre-compare caption { text-align: start; font-weight: 600; padding: 4px 2px; }
.vre-compare p { margin: 4px 2px; }
.vre-record { padding: 6px 2px; }
.vre-record summary { cursor: pointer; }
.vre-record .vre-scroll { max-height: 320px; }
.vre-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
