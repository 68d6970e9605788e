"""How the report looks: HTML and style for Jinja2; in a module, so that the fingerprint sees it."""

TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{{ experiment.experiment }}: clustering of {{ experiment.dataset }}</title>
<style>
:root { color-scheme: light dark; --paper: #fff; --ink: #222; --soft: #626262; --line: #d8d8d8;
  --best: #e3f2ec; --accent: #0069a6; --better: #00664b; --worse: #a34700; --warning: #fdf3ec;
  --code: #f5f5f5; }
@media screen and (prefers-color-scheme: dark) { :root { --paper: #16181a; --ink: #e2e2e2;
  --soft: #a8a8a8; --line: #3c4044; --best: #1d4034; --accent: #6cb9ec; --better: #62c9a5;
  --worse: #eda06a; --warning: #33261c; --code: #22262a; }
  figure img { background: #fff; padding: .3rem; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.5rem 4rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif;
  overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; font-weight: 500; }
.answer { font-size: 1.35rem; line-height: 1.4; font-weight: 600; margin: 1.2rem 0; }
h2 { display: inline; font-size: 1.2rem; margin: 0; }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p, li { max-width: 46rem; }
.soft, figcaption, caption { color: var(--soft); font-size: .88rem; }
a { color: var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0 1rem; font-size: .88rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .28rem .8rem .28rem 0; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; padding-left: .8rem; padding-right: .4rem; white-space: nowrap; }
thead th { border-bottom: 1.5px solid var(--ink); }
tbody tr { border-bottom: 1px solid var(--line); }
tr.group th { padding-top: .9rem; color: var(--soft); font-weight: 600; }
td.best { background: var(--best); font-weight: 700; }
td.verdict { padding-left: 1rem; }
td.verdict-better { font-weight: 700; color: var(--better); }
td.verdict-worse { font-weight: 700; color: var(--worse); }
.warning { border-left: 4px solid #d55e00; background: var(--warning); padding: .7rem 1rem;
  margin: 1rem 0; max-width: 48rem; }
.warning p { margin: 0; }
.pair { display: flex; flex-wrap: wrap; gap: .6rem 2rem; align-items: flex-start; }
.pair figure { max-width: 100%; }
@media print, (min-width: 62rem) { .pair figure.half { max-width: calc(50% - 1rem); } }
figcaption { max-width: 30rem; }
figure { margin: .4rem 0 1rem; break-inside: avoid; }
figure img { max-width: 100%; height: auto; display: block; }
@media screen and (max-width: 40rem) { .pair figure:not(.half) { overflow-x: auto; }
  .pair figure:not(.half) img { max-width: none; width: 44rem; }
  .pair figure:not(.half) figcaption { position: sticky; left: 0; } }
summary { cursor: pointer; color: var(--accent); margin: .4rem 0; }
details.part { border-top: 2px solid var(--line); padding: .5rem 0; }
details.part > summary { color: var(--ink); }
code, pre { font-size: .85rem; } code { overflow-wrap: anywhere; }
pre { background: var(--code); padding: .8rem; overflow-x: auto; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3, summary, h3 + p { break-after: avoid; }
  .scroll { overflow: visible; break-inside: avoid; }
  table, caption, figcaption, td.soft { font-size: 7pt; } .pair { display: block; }
  .pair figure { display: inline-block; vertical-align: top; margin-right: .5rem; }
  .pair figure.half { max-width: 46%; } pre { white-space: pre-wrap; }
  th, td, td.n, th.n { padding: .1rem .35rem .1rem 0; } figure img { max-height: 6cm; width: auto; }
  .answer + .pair img { max-height: 9cm; } pre { font-size: 7pt; padding: .3rem; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; } }
</style>
</head>
<body>
{% macro image(picture, text) %}
<img src="{{ picture|embedded }}" width="{{ picture|screen_width }}" alt="{{ text }}">
{% endmacro %}
{% macro subject(part) %}{{ part.dataset ~ ", " if parts|length > 1 }}{% endmacro %}
{% macro score_table(caption, names, groups) %}
<div class="scroll"><table>
<caption>{{ caption }}</caption>
<thead><tr><th>score</th>{% for name in names %}<th class="n">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for title, lines in groups %}
{% if title %}<tr class="group"><th colspan="{{ names|length + 1 }}">{{ title }}</th></tr>
{% endif %}
{% for line in lines %}
<tr><td>{{ line.score.label }} {{ "↑" if line.score.greater_is_better else "↓" }}</td>
{% for cell in line.cells %}
<td class="n{{ ' best' if line.is_best[loop.index0] }}">{{ cell }}</td>
{% endfor %}
</tr>
{% endfor %}
{% endfor %}
</tbody></table></div>
{% endmacro %}
{% macro score_tables(part, tables) %}
{% set sampled = ". " ~ part.sampling_note if part.sampling_note else "" %}
{{ score_table(subject(part) ~ tables[0][0] ~ sampled, tables[0][1], tables[0][2]) }}
{% if tables|length > 1 %}
<details><summary>The same for every other k</summary>
{% for k, names, groups in tables[1:] %}
{{ score_table(subject(part) ~ k ~ sampled, names, groups) }}
{% endfor %}
</details>
{% endif %}
{% endmacro %}
{% macro difference_table(part, k, lines) %}
<div class="scroll"><table>
<caption>{{ subject(part) }}{{ k }}: representation minus {{ reference }}, mean over seeds of the difference of each
seed</caption>
<thead><tr><th>representation</th><th>score</th><th class="n">difference</th>
<th class="n">95 % interval</th><th style="padding-left: 1rem">than {{ reference }}</th></tr></thead>
<tbody>
{% for line in lines %}
<tr><td>{{ line.representation }}</td>
<td>{{ line.score.label }} {{ "↑" if line.score.greater_is_better else "↓" }}</td>
<td class="n">{{ line.mean }}</td><td class="n">{{ line.interval }}</td>
<td class="verdict verdict-{{ line.verdict|replace(' ', '-') }}">{{ line.verdict }}</td></tr>
{% endfor %}
</tbody></table></div>
{% endmacro %}
{% macro pictures_of(entry, where) %}
<div class="pair">
{% for picture, text in entry.pictures if picture not in at_the_top %}
<figure{% if picture|screen_width < 720 %} class="half"{% endif %}>
{{ image(picture, text ~ " " ~ where) }}
<figcaption>{{ text }}</figcaption></figure>
{% endfor %}
</div>
{% endmacro %}
<h1>How well do the images of {{ experiment.dataset }} cluster as pixels, and how well in a space
made without labels?</h1>
{% for sentence, pictures in answers %}
<p class="answer">{{ sentence }}</p>
<div class="pair">
{% for name, picture in pictures %}
<figure class="half">{{ image(picture, "clusters of " ~ name) }}
<figcaption>Clusters of {{ name }}, one row each: its size
{%- if has_classes %}, the commonest class and that class' share{% endif %}; k = {{ experiment.k[0] }}, seed {{ experiment.seeds[0] }}</figcaption></figure>
{% endfor %}
</div>
{% endfor %}
{% for part in parts %}
{{ score_table(subject(part) ~ part.tables[0][0], part.names, [("", part.main)]) }}
{% for note in part.notes %}
<p class="soft">{{ subject(part) }}{{ note }}</p>
{% endfor %}
{% endfor %}
<p class="soft">{% if experiment.seeds|length > 1 %}Mean of {{ experiment.seeds|length }} seeds ± its 95 % interval
{%- else %}Seed {{ experiment.seeds[0] }}{% endif %}; ↑: higher is better.
{% for line in of_images %}<br>{{ line }}
{% endfor %}<br>Experiment {{ experiment.experiment }}, finished {{ run.finished }}.</p>
<details class="part" id="question"><summary><h2>What was compared</h2></summary>
<p>K-Means clusters the same images in several representations, with the same seeds
{%- if experiment.clusterers %}, and so do {{ experiment.clusterers|join(", ") }}{% endif %}. Each clustering is scored against the known classes, where there are any, in one space that is common to all, and in
the space in which it was made.</p>
<div class="scroll"><table><tbody>
{% for name, value in facts %}
<tr><th>{{ name }}</th><td>{{ value }}</td></tr>
{% endfor %}
</tbody></table></div>

</details>
<details class="part" id="scores"><summary><h2>Scores</h2></summary>
<p>{% if experiment.seeds|length > 1 %}Mean over {{ experiment.seeds|length }} seeds, ± half the width
of its 95 % interval (Student's t). The interval holds the chance of training and of the start of
K-Means, not that of the choice of images.{% else %}One seed: nothing is known about chance. Five
seeds or more make a comparison.{% endif %} Arrows say which way is better. A value
is marked where it is better than every other of its row by the 95 % interval of their difference.</p>
<div class="warning"><p><strong>A silhouette in one space does not compare with one in another.</strong>
Neither do other scores that are made of distances: each space has distances of its own, and a space
of fewer dimensions gives higher silhouettes to clusterings that are no better
(<a href="https://arxiv.org/abs/2403.14830">arXiv 2403.14830</a>). Compare rows of the first two
groups; rows of the last one only within a column, or over k.</p></div>
{% if experiment.clusterers %}
<p>A column without a clusterer's name is of K-Means. What is not random ran once where the vectors
are the same for every seed. An image may be in no cluster, as noise: scores of distances are of the
other images; in NMI, ARI and the like noise is a group of its own, and in accuracy and purity none of
it is right.</p>
{% endif %}
{% if made_by_several %}
<div class="warning"><p><strong>These results were not all made by the same versions.</strong> Other
versions may give other last digits, and what is told apart by little may be told apart by them. In
brackets stands the number of results: {{ made_by_several|join("; ") }}.
<code>rerun_on_new_versions: true</code> makes anew what other versions made.</p></div>
{% endif %}
{% for part in parts %}
{{ score_tables(part, part.tables) }}
{% endfor %}

<h3 id="controls">What the scores are worth: controls</h3>
<p>Labels without meaning and labels with all of it, scored like the clusterings above. A score that
random labels reach says nothing; a score in a space that the classes themselves do not reach does
not speak of the classes. The classes are scored where k is their number, since most scores change
with k.</p>
{% for part in parts %}
{{ score_tables(part, part.controls) }}
{% endfor %}

</details>
{% if reference %}
<details class="part" id="differences"><summary><h2>Differences from {{ reference }}</h2></summary>
<p>Seed by seed, so that what a seed brings to both falls out. An interval that holds 0 does not tell
the two apart. Of many such intervals one in twenty misses by chance.</p>
{% for part in parts if part.differences %}
{{ difference_table(part, *part.differences[0]) }}
{% if part.differences|length > 1 %}
<details><summary>The same for every other k</summary>
{% for k, lines in part.differences[1:] %}
{{ difference_table(part, k, lines) }}
{% endfor %}
</details>
{% endif %}
{% endfor %}
</details>
{% endif %}

{% if parts[0].has_several_k %}
<details class="part" id="curves"><summary><h2>Scores against k</h2></summary>
<figure>{{ image(score_curves, score_curves_picture.label) }}
<figcaption>{{ score_curves_picture.caption }}</figcaption></figure>
{% for part in parts if part.best_k %}
<div class="scroll"><table>
<caption>{{ subject(part) ~ "the" if parts|length > 1 else "The" }} k with the best mean. Inertia, homogeneity and purity get better with every further
cluster: there, the largest k is no finding.</caption>
<thead><tr><th>score</th>{% for name in part.names %}<th class="n">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{% for line in part.best_k %}
<tr><td>{{ line.score.label }}</td>{% for cell in line.cells %}<td class="n">{{ cell }}</td>{% endfor
%}</tr>
{% endfor %}
</tbody></table></div>
{% endfor %}
</details>
{% endif %}

{% for picture in cka %}
<details class="part" id="cka"><summary><h2>How alike the spaces are</h2></summary>
<figure>{{ image(picture, cka_picture.label) }}
<figcaption>{{ cka_picture.caption }}</figcaption></figure>
</details>
{% endfor %}

{% if trainings or training_figures %}
<details class="part" id="training"><summary><h2>Training</h2></summary>
{% if trainings %}
<div class="scroll"><table>
<caption>After the last epoch. MSE: mean squared error of brightness from 0 to 1. The loss is what the
method minimises: of an autoencoder the train MSE and its penalty.</caption>
<thead><tr><th>representation</th><th class="n">seeds</th><th class="n">parameters</th>
<th class="n">loss</th><th class="n">train MSE</th><th class="n">test MSE</th>
<th class="n">seconds</th></tr></thead>
<tbody>
{% for line in trainings %}
<tr><td>{{ line.name }}</td><td class="n">{{ line.n_seeds }}</td><td class="n">{{ line.n_params }}</td>
<td class="n">{{ line.loss }}</td><td class="n">{{ line.mse }}</td><td class="n">{{ line.test_mse }}</td>
<td class="n">{{ line.wall }}</td></tr>
{% endfor %}
</tbody></table></div>
{% endif %}
{% for entry in training_figures %}
<h3>{{ entry.name }}, seed {{ entry.seed }}</h3>
{{ pictures_of(entry, entry.name) }}
{% endfor %}
</details>
{% endif %}

<details class="part" id="clusterings"><summary><h2>Clusterings</h2></summary>
{% if clustering_figures|selectattr("points")|list %}
<p>Beside every clustering lies a table with one row per image: its name, class, cluster, distance to
the centroid and silhouette. The links work where this report was made.</p>
{% endif %}
{% for entry in clustering_figures %}
<h3>{{ entry.name }}, k = {{ entry.k }}, seed {{ entry.seed }}</h3>
{% if entry.points %}
<p><a href="{{ entry.points|from_here|urlencode }}">{{ entry.points }}</a></p>
{% endif %}
{{ pictures_of(entry, entry.name) }}
{% endfor %}

</details>
<details class="part" id="meaning"><summary><h2>What the scores mean</h2></summary>
<div class="scroll"><table>
<thead><tr><th>score</th><th>better</th><th>meaning</th><th>defined in</th></tr></thead>
<tbody>
{% for score in scores %}
<tr><th>{{ score.label }}</th><td>{{ "higher" if score.greater_is_better else "lower" }}</td>
<td>{{ score.description }}</td><td class="soft">{{ score.reference }}</td></tr>
{% endfor %}
</tbody></table></div>

</details>
<details class="part" id="run"><summary><h2>The run</h2></summary>
<div class="scroll"><table>
<caption>Steps whose results are shown; {{ run.total }} of work in all, from {{ run.started }} to
{{ run.finished }}</caption>
<thead><tr><th>step</th><th class="n">jobs</th><th class="n">time in all</th><th class="n">each</th>
<th class="n">peak memory</th><th class="n">threads</th></tr></thead>
<tbody>
{% for line in steps %}
<tr><td>{{ line.step }}</td><td class="n">{{ line.n }}</td><td class="n">{{ line.total }}</td>
<td class="n">{{ line.each }}</td><td class="n">{{ line.memory }}</td>
<td class="n">{{ line.threads }}</td></tr>
{% endfor %}
</tbody></table></div>
<div class="scroll"><table><tbody>
<tr><th>versions</th><td>{% for name, version in run.versions.items() %}{{ name }} {{ version
}}{{ ", " if not loop.last }}{% endfor %}</td></tr>
{% for commit in run.commits %}
<tr><th>commit</th><td><code>{{ commit }}</code></td></tr>
{% endfor %}
{% for command in run.commands %}
<tr><th>command</th><td><code>{{ command }}</code></td></tr>
{% endfor %}
</tbody></table></div>

</details>
<details class="part" id="cite"><summary><h2>How to cite</h2></summary>
<p>{{ citation.authors }}: <em>{{ citation.title }}</em> Version {{ citation.version }}.</p>
<pre>@software{aecluster,
  author  = {% raw %}{{% endraw %}{{ citation.authors }}},
  title   = {% raw %}{{% endraw %}{{ citation.title }}},
  version = {% raw %}{{% endraw %}{{ citation.version }}}
}</pre>
</details>
</body>
</html>
"""  # noqa: E501 - HTML
