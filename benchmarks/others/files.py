"""Read a store with one package, within that package's venv; it must not import `aecluster`."""

import argparse
import json
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
        lambda group, name: file.get_node(f"/{group}")._v_attrs[name],
    )


def netcdf4(path):
    import netCDF4

    file = netCDF4.Dataset(path)
    file.set_auto_maskandscale(False)
    return lambda name: file[name][()], lambda group, name: file[group].getncattr(name)


def h5netcdf(path):
    import h5netcdf

    file = h5netcdf.File(path, "r", phony_dims="sort")
    return lambda name: file[name][()], lambda group, name: file[group].attrs[name]


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
    return lambda name: group[name][()], lambda group_name, name: group[group_name].attrs[name]


def main():
    """Write a JSON file: what the package reads, as lists, or the error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("store", type=Path)
    parser.add_argument("results", type=Path)
    parser.add_argument("asked", help="JSON: names of datasets, group and name of attributes")
    arguments = parser.parse_args()
    asked = json.loads(arguments.asked)
    found = {}
    try:
        dataset, attribute = globals()[arguments.package](str(arguments.store))
    except Exception as error:
        found = dict.fromkeys(asked, f"{type(error).__name__}: {error}".splitlines()[0])
    else:
        for name, place in asked.items():
            try:
                value = attribute(*place) if isinstance(place, list) else dataset(place)
                found[name] = np.asarray(value).astype(str).tolist()
            except Exception as error:
                found[name] = f"{type(error).__name__}: {error}".splitlines()[0]
    arguments.results.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
