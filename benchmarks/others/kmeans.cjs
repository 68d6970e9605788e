// Cluster the data sets of a folder by one npm package from a given start; writes JSON.
const fs = require("node:fs");
const path = require("node:path");

const fits = {
  ml_kmeans(X, start, toTheEnd) {
    const { kmeans } = require("ml-kmeans");
    const settings = toTheEnd ? { tolerance: 0, maxIterations: 10000 } : {};
    const found = kmeans(X, start.length, { initialization: start, ...settings });
    const inertia = found.computeInformation(X).reduce((sum, c) => sum + c.error * c.size, 0);
    return [found.clusters, found.centroids, found.iterations, inertia];
  },
  skmeans(X, start) {
    const found = require("skmeans")(X, start.length, start);
    return [found.idxs, found.centroids, found.it, null];
  },
};

const [, , name, folder, results] = process.argv;
const table = (file) => fs.readFileSync(path.join(folder, file), "utf8").trim().split("\n")
  .map((line) => line.split(",").map(Number));
const found = {};
for (const file of fs.readdirSync(folder).filter((file) => file.endsWith(".csv")).sort()) {
  const stem = path.basename(file, ".csv");
  found[stem] = {};
  for (const settings of ["default", "to_the_end"]) {
    try {
      const fitted = fits[name](table(file), table(`${stem}.start`), settings === "to_the_end");
      const [labels, centroids, n_iter, inertia] = fitted;
      found[stem][settings] = { labels, centroids, n_iter, inertia };
    } catch (error) {
      found[stem][settings] = { error: String(error).split("\n")[0] };
    }
  }
}
fs.writeFileSync(results, JSON.stringify(found));
