// Call the silhouette of npm's @robzzson/silhouette on every data set of a folder; writes JSON.
const fs = require("node:fs");
const path = require("node:path");
const silhouette = require("@robzzson/silhouette");

const [, , , folder, results] = process.argv;
const found = {};
for (const name of fs.readdirSync(folder).filter((name) => name.endsWith(".csv")).sort()) {
  const rows = fs.readFileSync(path.join(folder, name), "utf8").trim().split("\n")
    .map((line) => line.split(",").map(Number));
  const labels = rows.map((row) => row.pop());
  let outcome;
  try {
    outcome = { value: silhouette(rows, labels) };
    if (!Number.isFinite(outcome.value)) outcome = { error: String(outcome.value) };
  } catch (error) {
    outcome = { error: String(error).split("\n")[0] };
  }
  found[path.basename(name, ".csv")] = { silhouette: outcome };
}
fs.writeFileSync(results, JSON.stringify(found));
