"""The page of `hrlint report`. No script, no outside resource; every value is escaped by the environment."""

STYLE = """
:root { color-scheme: light dark;
  --page: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa; --link: #0a53a8;
  --error: #b3261e; --warning: #b06f00; --info: #2f6fd0; --plain: #57606a; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171c; --ink: #e8eaed; --soft: #a8b0ba; --line: #3b434d; --panel: #1d2229; --link: #8ab8ff;
  --error: #ff8a80; --warning: #f0b429; --info: #78a9ff; --plain: #a8b0ba; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 66rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
p { margin: .35rem 0; max-width: 46rem; }
.soft { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }
dl div { display: flex; flex-direction: column-reverse; background: var(--panel); border: 1px solid var(--line);
  border-radius: .4rem; padding: .5rem .9rem; }
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; max-width: 46rem; height: auto; margin: .5rem 0; }
svg text { fill: var(--ink); font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; }
svg .tick { fill: var(--soft); }
svg .grid { stroke: var(--line); }
svg .trend { fill: none; stroke: var(--info); stroke-width: 2.5; }
svg .dot { fill: var(--info); }
svg rect { stroke: var(--page); }
svg .gap { fill: none; stroke: var(--soft); }
.error { fill: var(--error); background: var(--error); }
.warning { fill: var(--warning); background: var(--warning); }
.info { fill: var(--info); background: var(--info); }
.plain { fill: var(--plain); background: var(--plain); }
.legend { display: flex; gap: 1.25rem; list-style: none; margin: .35rem 0; padding: 0; font-size: .9rem; }
.legend span { display: inline-block; width: .8rem; height: .8rem; margin-right: .4rem; border: 1px solid var(--ink); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 1rem; font-size: .92rem; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { text-align: left; padding: .2rem 1.1rem .2rem 0; border-bottom: 1px solid var(--line); }
td { text-align: right; font-variant-numeric: tabular-nums; }
thead th + th { text-align: right; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; }
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --soft: #333; --line: #999; --panel: #fff; --link: #000;
    --error: #000; --warning: #777; --info: #ccc; --plain: #555; }
  body { max-width: none; padding: 0; font-size: 10pt; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  svg .trend { stroke: #000; } svg .dot { fill: #000; }
  svg rect { stroke: #000; stroke-width: .5; }
  figure, dl, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
figure { margin: 0; }
"""

PAGE = """\
{% macro drawn_bars(drawing) %}
{% for row in drawing.rows %}
<g transform="translate(0 {{ row.y }})">
<text x="{{ drawing.label - 10 }}" y="17" text-anchor="end">{{ row.short }}</text>
{% for piece in row.pieces %}
<rect class="{{ piece.kind }}" x="{{ piece.x }}" y="4" width="{{ piece.width }}" height="18">\
<title>{{ row.label }}, {{ piece.kind if piece.kind != "plain" else "all" }}: \
{{ "{:,}".format(piece.count) }}</title></rect>
{% endfor %}
<text{% if not row.pieces %} class="tick"{% endif %} x="{{ row.text_x }}" y="17">{{ row.text }}</text>
</g>
{% endfor %}
{% endmacro %}
{% macro drawn_line(drawing) %}
{% for y, text in drawing.ticks %}
<line class="grid" x1="{{ drawing.left }}" x2="{{ drawing.width - 16 }}" y1="{{ y }}" y2="{{ y }}"/>
<text class="tick" x="{{ drawing.left - 8 }}" y="{{ y + 4 }}" text-anchor="end">{{ text }}</text>
{% endfor %}
{% for path in drawing.paths %}
<polyline class="trend" points="{{ path }}"/>
{% endfor %}
{% for point in drawing.points %}
{% if point.y is not none %}
<circle class="dot" cx="{{ point.x }}" cy="{{ point.y }}" r="4">\
<title>{{ point.label }}: {{ point.text }}</title></circle>
{% else %}
<circle class="gap" cx="{{ point.x }}" cy="{{ drawing.bottom }}" r="4">\
<title>{{ point.label }}: {{ point.text }}</title></circle>
{% endif %}
{% if point.marked %}
<text class="tick" x="{{ point.x }}" y="{{ drawing.bottom + 24 }}" text-anchor="middle">{{ point.label }}</text>
{% endif %}
{% endfor %}
{% endmacro %}
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>{{ title }}</h1>
<p class="soft">hrlint {{ version }}{% if packs %}, rules <code>{{ packs | join(", ") }}</code>{% endif %}.
This page holds counts only, no text of notes.
{% if least %}In groups and over time, cells of fewer than {{ least }} notes are not shown.{% endif %}</p>
{% if packs | length > 1 %}
<p>The findings come from {{ packs | length }} versions of the rules: a change over time may come from them.</p>
{% endif %}
</header>
<main>
<dl>
{% for what, number in facts %}
<div><dt>{{ what }}</dt><dd>{{ number }}</dd></div>
{% endfor %}
</dl>
{% if empty %}
<p>No findings.</p>
{% endif %}
{% for name in crowded %}
<p class="soft">The column {{ name }} has too many values for a chart.</p>
{% endfor %}
{% for chart in charts %}
<section aria-labelledby="h{{ loop.index }}">
<h2 id="h{{ loop.index }}">{{ chart.title }}</h2>
{% if chart.about %}
<p class="soft">{{ chart.about }}</p>
{% endif %}
<figure>
{% if chart.legend %}
<ul class="legend" aria-label="Severity">
{% for severity in severities %}
<li><span class="{{ severity }}"></span>{{ severity }}</li>
{% endfor %}
</ul>
{% endif %}
<svg role="img" aria-labelledby="t{{ loop.index }} d{{ loop.index }}" \
viewBox="0 0 {{ chart.drawing.width }} {{ chart.drawing.height }}">
<title id="t{{ loop.index }}">{{ chart.title }}</title>
<desc id="d{{ loop.index }}">{{ chart.desc }}</desc>
{% if chart.kind == "bars" %}
{{ drawn_bars(chart.drawing) }}
{%- else %}
{{ drawn_line(chart.drawing) }}
{%- endif %}
</svg>
<div class="scroll">
<table>
<caption>{{ chart.title }}</caption>
<thead><tr>{% for cell in chart.head %}<th scope="col">{{ cell }}</th>{% endfor %}</tr></thead>
<tbody>
{% for row in chart.rows %}
<tr><th scope="row">{{ row[0] }}</th>{% for cell in row[1:] %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table>
</div>
</figure>
</section>
{% endfor %}
</main>
</body>
</html>
"""
