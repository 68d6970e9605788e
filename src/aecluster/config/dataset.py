"""The section `dataset`: where the images come from, and the form in which they are kept."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from aecluster.config.keys import Name, OptionalText, Section, key, null_from_text, one_of
from aecluster.data.choices import check_axes, scale_limits
from aecluster.data.sources import SOURCES

Address = Annotated[str, Field(pattern=r"^https?://[^/\s]+/\S*$")]
OptionalAddresses = Annotated[list[Address] | None, BeforeValidator(null_from_text)]


def _known_scale(value: str) -> str:
    scale_limits(value)
    return value


def _known_source(value: str) -> str:
    return one_of(value, SOURCES)


class Dataset(Section):
    """Where the images come from, and the form in which they are kept."""

    name: Name = key(
        effect="Names the folder under `results/`.",
        choose="Another name for other images, so that the results of both are kept.",
    )
    source: Annotated[
        str, AfterValidator(_known_source), Field(json_schema_extra={"enum": list(SOURCES)})
    ] = key(
        effect="Kind of source: a data set by its official files, `digits`, `images` (a folder or "
        "archive of class folders), `arrays` (.npz, HDF5, MATLAB and others), tables, shards and "
        "data sets of Hugging Face; `docs/data.md` says more of each.",
        choose="`digits` needs no download and runs in seconds; `images` takes your own pictures.",
    )
    path: OptionalText = key(
        None,
        effect="A local archive, folder or file that is read instead of a download.",
        choose="`null` downloads `cifar10` and `cifar100`, which also take a copy of the official "
        "archive; `digits` takes none, all others need one.",
    )
    mirrors: OptionalAddresses = key(
        None,
        min_length=1,
        effect="Addresses of byte-identical copies of what is downloaded, of which the fastest is "
        "taken; checked by size and checksum.",
        choose="`null`: the known ones; your own server where those cannot be reached.",
    )
    grayscale: bool = key(
        True,
        effect="Turn colour to gray by ITU-R 601 luma, rounded to 8 bits.",
        choose="`true` reproduces the source experiment; `false` keeps three channels.",
    )
    size: int = key(
        32,
        ge=4,
        le=1024,
        effect="Height and width in pixels that every image is brought to.",
        choose="A multiple of 4 for the autoencoder; twice the size takes four times as long.",
    )
    resize: Literal["crop", "pad"] = key(
        "crop",
        effect="What becomes of an image that is not square: cut to the square in its middle, or "
        "padded.",
        choose="`crop` where the object is in the middle; `pad` where the edges matter.",
    )
    scale: Annotated[str, AfterValidator(_known_scale)] = key(
        "dtype",
        effect="Which values of images and arrays become black and white. `dtype`: what the type "
        "of the numbers says: all of 8 or 16 bits, 0 to 1 of floats. `range`: the lowest and the "
        "highest value of all images. `max:4095`: 0 and 4095. `between:-1,1`: -1 and 1.",
        choose="`max:4095` for 12 bits of a camera or an X-ray in files of 16, `max:1` for masks "
        "of 0 and 1; `range` where nothing is known, which reads the source twice.",
    )
    axes: Annotated[OptionalText, AfterValidator(check_axes)] = key(
        None,
        effect="What the axes of arrays are: n images, h height, w width, c channels; such as "
        "`nhwc`, `nchw`, `hwn`, `hwcn`.",
        choose="`null` tells them by labels and lengths, and asks where both readings are "
        "possible.",
    )
    label_column: OptionalText = key(
        None,
        effect="Which column has the labels, where the source is a table: `huggingface`, "
        "`image_table`, `pixel_table`.",
        choose="`null` takes `label`, `class` and other usual names, and asks where there is none; "
        "`coarse_label` for the 20 superclasses of CIFAR-100.",
    )
    pages: Literal["one", "all"] = key(
        "one",
        effect="What a TIFF or GIF of several pages is, in the source `images`: no image, which is "
        "refused (of a GIF the first frame), or by `all` an image per page, `cells.tif#0` and so "
        "on.",
        choose="`all` for stacks whose pages are images of their own; not for the planes of one.",
    )
    test_fraction: float = key(
        0.2,
        gt=0,
        lt=1,
        effect="Part of every class that becomes the split `test`, where the source has no splits.",
        choose="0.2 is customary; more if the scores of so few images are too uncertain.",
    )
    split_seed: int = key(
        0,
        ge=0,
        lt=2**32,
        effect="Seed of that choice.",
        choose="Leave it, so that all experiments on the images are scored on the same ones.",
    )
    on_bad_image: Literal["error", "skip"] = key(
        "error",
        effect="What an image file that cannot be read leads to: an error that names it, or that "
        "it is left out and counted in the record.",
        choose="`error` for images of your own, which can be mended; `skip` for a large collection "
        "from elsewhere.",
    )
