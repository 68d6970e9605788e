// Read a store with one npm package; writes JSON.
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

const [, , name, store, results, asked] = process.argv;
const text = (value) => (Object(value) === value ? Array.from(value, String) : String(value));
(async () => {
  const found = {};
  let opened;
  for (const [key, place] of Object.entries(JSON.parse(asked))) {
    try {
      opened ??= await open[name](store);
      const value = Array.isArray(place) ? opened[1](...place) : opened[0](place);
      found[key] = text(value);
    } catch (error) {
      found[key] = String(error).split("\n")[0];
    }
  }
  fs.writeFileSync(results, JSON.stringify(found));
})();
