"""Read a store and a clustering with one package, within that package's venv.

It must not import `aecluster`.
"""

import argparse
import json
import re
import subprocess
from pathlib import Path

import numpy as np


def h5py(path):
    import h5py

    file = h5py.File(path)
    return lambda name: file[name][()], lambda group, name: file[group].attrs[name]


def pytables(path):
    import tables

    file = tables.open_file(path)
    return (
        lambda name: file.get_node(f"/{name}").read(),
        lambda item, name: file.get_node("/" + item.strip("/"))._v_attrs[name],
    )


def netcdf4(path):
    import netCDF4

    file = netCDF4.Dataset(path)
    file.set_auto_maskandscale(False)
    return (
        lambda name: file[name][()],
        lambda item, name: (file if item == "/" else file[item]).getncattr(name),
    )


def h5netcdf(path):
    import h5netcdf

    file = h5netcdf.File(path, "r", phony_dims="sort")
    return (
        lambda name: file[name][()],
        lambda item, name: (file if item == "/" else file[item]).attrs[name],
    )


def xarray(path):
    import xarray

    tree = xarray.open_datatree(path, engine="h5netcdf", phony_dims="sort", mask_and_scale=False)
    return lambda name: tree[name].values, lambda group, name: tree[group].attrs[name]


def pyfive(path):
    import pyfive

    file = pyfive.File(path)
    return lambda name: file[name][()], lambda group, name: file[group].attrs[name]


def kerchunk(path):
    import zarr
    from fsspec.implementations.reference import ReferenceFileSystem
    from kerchunk.hdf import SingleHdf5ToZarr

    files = ReferenceFileSystem(SingleHdf5ToZarr(path).translate(), asynchronous=True)
    group = zarr.open_group(zarr.storage.FsspecStore(files), mode="r", zarr_format=2)
    return (
        lambda name: group[name][()],
        lambda item, name: (group if item == "/" else group[item]).attrs[name],
    )


def virtualizarr(path):
    import zarr
    from obspec_utils.registry import ObjectStoreRegistry
    from obstore.store import LocalStore
    from virtualizarr.parsers import HDFParser

    registry = ObjectStoreRegistry({"file://": LocalStore()})

    def group(name):
        parse = HDFParser(group=name or None)
        return zarr.open_group(parse(f"file://{path}", registry), mode="r", zarr_format=3)

    def node(name):
        of, _, last = name.strip("/").rpartition("/")
        return group(of)[last] if last else group(of)

    return lambda name: node(name)[()], lambda item, name: node(item).attrs[name]


def h5dump(path):
    def values(*options):
        command = ["h5dump", "-y", "-w", "0", "-m", "%.17g", *options, path]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        text = done.stdout
        data = text[text.index("DATA {") + len("DATA {") : text.rindex("}\n}\n")]
        # A name in quotes, else a number; of an attribute behind the index of its line.
        data = re.sub(r"^\s*\([\d,]+\):", "", data, flags=re.MULTILINE)
        found = re.findall(r'"([^"]*)"|([^\s,{}]+)', data)
        return [quoted or plain for quoted, plain in found]

    return lambda name: values("-A", "0", "-d", f"/{name}"), lambda item, name: values(
        "-a", f"{item}/{name}"
    )


def main():
    """Write a JSON file: what the package reads, as lists, or the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("folder", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("asked", help="lines of what, file, item, attribute if any")
    arguments = parser.parse_args()
    found = {}
    for line in arguments.asked.splitlines():
        what, file, *place = line.split("\t")
        try:
            dataset, attribute = globals()[arguments.package](str(arguments.folder / file))
            value = attribute(*place) if len(place) > 1 else dataset(*place)
            array = np.asarray(value)
            # NumPy's strings of variable length are not cast to those of a fixed one.
            found[what] = (array if array.dtype.kind == "T" else array.astype(str)).tolist()
        except Exception as error:
            found[what] = f"{type(error).__name__}: {error}".splitlines()[0]
    arguments.results.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
