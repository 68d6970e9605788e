// Read a store and a clustering with one npm package; writes JSON.
const fs = require("node:fs");
const path = require("node:path");

const open = {
  async jsfive(store) {
    const { File } = require("jsfive");
    const bytes = fs.readFileSync(store);
    const end = bytes.byteOffset + bytes.byteLength;
    const file = new File(bytes.buffer.slice(bytes.byteOffset, end), store);
    return [(name) => file.get(name).value, (group, name) => file.get(group).attrs[name]];
  },
  async h5wasm(store) {
    const place = path.join(process.env.NODE_PATH, "h5wasm", "dist", "node", "hdf5_hl.js");
    const h5wasm = (await import(place)).default;
    await h5wasm.ready;
    const file = new h5wasm.File(store, "r");
    return [(name) => file.get(name).value, (group, name) => file.get(group).attrs[name].value];
  },
};

const [, , name, folder, results, asked] = process.argv;
const text = (value) => (Object(value) === value ? Array.from(value, String) : String(value));
(async () => {
  const found = {};
  for (const line of asked.split("\n")) {
    const [key, file, ...place] = line.split("\t");
    try {
      const [dataset, attribute] = await open[name](path.join(folder, file));
      const value = place.length > 1 ? attribute(...place) : dataset(...place);
      found[key] = text(value);
    } catch (error) {
      found[key] = String(error).split("\n")[0];
    }
  }
  fs.writeFileSync(results, JSON.stringify(found));
})();
