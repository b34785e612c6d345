"""The page of the `html` report. No script, no outside resource; every value is escaped by the environment."""

STYLE = """
:root { color-scheme: light dark;
  --page: #ffffff; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --panel: #f6f8fa; --link: #0a53a8;
  --error: #8c1212; --error-back: #fde3e1; --warning: #664700; --warning-back: #fff1c5;
  --info: #123f7d; --info-back: #dfebff; --good: #125c2b; }
@media (prefers-color-scheme: dark) { :root {
  --page: #14171c; --ink: #e8eaed; --soft: #a8b0ba; --line: #3b434d; --panel: #1d2229; --link: #8ab8ff;
  --error: #ffc9c4; --error-back: #5a1b18; --warning: #ffe08a; --warning-back: #4a3700;
  --info: #c5dcff; --info-back: #17386b; --good: #8fe0a8; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 62rem; background: var(--page); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line);
  overflow-wrap: anywhere; }
h3 { font-size: 1.05rem; margin: 1.25rem 0 .5rem; overflow-wrap: anywhere; }
h4, article h3 { font-size: 1rem; margin: 0 0 .35rem; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
a { color: var(--link); }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.tables { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; align-items: flex-start; }
table { border-collapse: collapse; margin: 1rem 0; }
caption { text-align: left; white-space: nowrap; font-weight: 600; padding-bottom: .35rem; }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
td.count { text-align: right; font-variant-numeric: tabular-nums; }
.note { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; margin: .5rem 0 1.25rem; padding: 1rem;
  background: var(--panel); border: 1px solid var(--line); border-radius: .4rem;
  font: .95rem/1.6 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
mark { border-radius: .2rem; padding: 0 .1rem; text-decoration: underline; text-underline-offset: .2em; }
mark a { color: inherit; font-size: .75em; vertical-align: super; margin-left: .15em; text-decoration: none; }
.error { color: var(--error); background: var(--error-back); }
.warning { color: var(--warning); background: var(--warning-back); }
.info { color: var(--info); background: var(--info-back); }
.badge { display: inline-block; padding: 0 .5rem; border-radius: 1rem; font-size: .85rem; font-weight: 600; }
.finding { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem; }
.finding:target { outline: 2px solid var(--link); }
.finding ul { margin: .35rem 0; padding-left: 1.25rem; }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; }
@media print {
  :root { color-scheme: light; --page: #fff; --ink: #000; --soft: #444; --line: #999; --panel: #fff; --link: #000;
    --error: #000; --error-back: #fff; --warning: #000; --warning-back: #fff; --info: #000; --info-back: #fff;
    --good: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .finding { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  mark, .badge { border: 1px solid #000; }
}
"""

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>hrlint report: {{ summary }}</title>
<style>{{ style }}</style>
</head>
<body>
<header>
<h1>Language report</h1>
<p>{{ summary }}</p>
{% if praise %}<p class="good">{{ praise }}</p>
{% endif -%}
{% if redacted %}<p class="soft">The text of the notes is left out of this report.</p>
{% endif -%}
<p class="soft">hrlint {{ version }}, audience: {{ audience }}
{%- for name, number in packs %}{{ "; packs: " if loop.first else ", " }}{{ name }} {{ number }}{% endfor %}</p>
</header>
<main>
{% if categories -%}
<section aria-labelledby="summary">
<h2 id="summary">Summary</h2>
<div class="tables">
{{ tally("Findings by severity", "Severity", severities) }}
{{ tally("Findings by category", "Category", categories) }}
{{ tally("Findings by note", "Note", notes) }}
</div>
</section>
{% endif -%}
{% if problems -%}
<section aria-labelledby="problems">
<h2 id="problems">Not read</h2>
<ul>
{% for problem in problems %}<li><code>{{ problem.path }}</code>: {{ problem.message }}</li>
{% endfor -%}
</ul>
</section>
{% endif -%}
{% for file in files -%}
<section aria-labelledby="n{{ loop.index }}">
<h2 id="n{{ loop.index }}">{{ file.path }}</h2>
{% for text in file.texts -%}
{% if text.location %}<h3>{{ text.location }}</h3>
{% endif -%}
{% if text.pieces %}<div class="note">{% for piece in text.pieces -%}
{%- if piece.severity %}<mark class="{{ piece.severity }}">{{ piece.text }}
{%- for number in piece.ends %}<a id="r{{ number }}" href="#f{{ number }}" \
aria-label="finding {{ number }}">{{ number }}</a>{% endfor %}</mark>
{%- else %}{{ piece.text }}{% endif -%}
{%- endfor %}</div>
{% endif -%}
{% for item in text.findings -%}
<article class="finding" id="f{{ item.number }}" aria-labelledby="h{{ item.number }}">
{% set heading = "h4" if text.location else "h3" -%}
<{{ heading }} id="h{{ item.number }}">{{ item.number }}. {% if item.words %}“{{ item.words }}” {% endif -%}
<span class="badge {{ item.severity }}">{{ item.severity }}</span></{{ heading }}>
<p>{{ item.message }}</p>
{% if item.quoted %}<p class="soft">These are the person's own words.</p>
{% endif -%}
{% if item.why %}<p class="soft">{{ item.why }}</p>
{% endif -%}
{% if item.instead %}<p>What to write instead:</p>
<ul>
{% for words in item.instead %}<li class="good">{{ words }}</li>
{% endfor -%}
</ul>
{% endif -%}
{% for words in item.advice %}<p>{{ words }}</p>
{% endfor -%}
{% if item.sources %}<p class="soft">Source: {{ item.sources | join("; ") }}</p>
{% endif -%}
<p class="soft"><code>{{ item.rule }}</code>{% if item.place %}, {{ item.place }}{% endif %}
{%- if item.linked %} · <a href="#r{{ item.number }}">in the note</a>{% endif %}</p>
</article>
{% endfor -%}
{% endfor -%}
</section>
{% endfor -%}
</main>
</body>
</html>
"""

TALLY = """\
{% macro tally(caption, heading, rows) -%}
<table>
<caption>{{ caption }}</caption>
<thead><tr><th scope="col">{{ heading }}</th><th scope="col">Findings</th></tr></thead>
<tbody>
{% for name, count in rows %}<tr><th scope="row">{{ name }}</th><td class="count">{{ "{:,}".format(count) }}</td></tr>
{% endfor -%}
</tbody>
</table>
{%- endmacro %}"""
