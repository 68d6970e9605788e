"""Views are crops in other colours, and depend on nothing but image and seed."""

import colorsys

import numpy as np
import pytest
import tensorflow as tf

from aecluster.contrastive import augmentation
from aecluster.contrastive.augmentation import augment


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (64, 16, 20, 3), dtype=np.uint8)


@pytest.fixture
def only(monkeypatch):
    """Turn all changes off but those whose constants are given."""

    def choose(**constants):
        off = {"_LEAST_AREA": 1.0, "_MOST_ASPECT": 1.0, "_P_JITTER": 0.0, "_P_GRAY": 0.0}
        for name, value in {**off, **constants}.items():
            monkeypatch.setattr(augmentation, name, value)

    return choose


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_views_are_images_of_the_same_shape_between_0_and_1(images, channels):
    views = augment(images[..., :channels], [0, 1], 1 / 255).numpy()

    assert (views.shape, views.dtype) == ((64, 16, 20, channels), np.float32)
    assert 0 <= views.min() < views.max() <= 1


def test_views_follow_from_the_seed_and_differ_between_images(images):
    same = np.repeat(images[:1], 64, axis=0)
    views = augment(same, [3, 7], 1 / 255).numpy()

    np.testing.assert_array_equal(augment(same, [3, 7], 1 / 255), views)
    assert np.abs(views - augment(same, [3, 8], 1 / 255)).max() > 0.1
    assert len(np.unique(views.reshape(64, -1), axis=0)) == 64


def test_whole_crop_is_the_image_or_its_mirror_image(images, only):
    only()

    views = augment(images, [0, 0], 1 / 255).numpy()

    scaled = images / 255
    kept = np.abs(views - scaled).max(axis=(1, 2, 3)) < 1e-5
    mirrored = np.abs(views - scaled[:, :, ::-1]).max(axis=(1, 2, 3)) < 1e-5
    assert (kept | mirrored).all()
    assert 16 < kept.sum() < 48


def test_crop_shows_a_part_of_at_least_a_fifth(only):
    only(_LEAST_AREA=0.2, _MOST_ASPECT=4 / 3)
    rows, columns = np.mgrid[:32, :32] / 31
    ramps = np.repeat(np.stack([rows, columns], axis=-1)[None], 500, axis=0).astype(np.float32)

    views = augment(ramps, [1, 1]).numpy()

    height = np.ptp(views[..., 0], axis=(1, 2))
    width = np.ptp(views[..., 1], axis=(1, 2))
    assert 0.19 < (height * width).min() < 0.3
    assert 0.9 < (height * width).max() <= 1.0001
    assert (height / width).min() > 0.74
    assert (height / width).max() < 1.34


def test_gray_view_has_the_luma_of_its_pixels(images, only):
    only(_P_GRAY=1.0)

    views = augment(images, [0, 0], 1 / 255).numpy()

    luma = tf.image.rgb_to_grayscale(images / 255).numpy()
    difference = np.minimum(
        np.abs(views - luma).max(axis=(1, 2, 3)),
        np.abs(views - luma[:, :, ::-1]).max(axis=(1, 2, 3)),
    )
    assert difference.max() < 1e-3
    assert np.ptp(views, axis=3).max() < 1e-5


def test_hue_turns_colours_and_leaves_grays(only, monkeypatch):
    only(_P_JITTER=1.0)
    monkeypatch.setattr(augmentation, "_JITTER", 0.0)
    gray, red = np.full((50, 16, 16, 3), 0.5, np.float32), np.zeros((50, 16, 16, 3), np.float32)
    red[..., 0] = 0.4
    red += 0.3

    views = augment(red, [0, 0]).numpy()[:, 0, 0]

    np.testing.assert_allclose(augment(gray, [0, 0]), gray, atol=1e-5)
    hues = np.array([colorsys.rgb_to_hsv(*colour)[0] for colour in views])
    turned = np.where(hues > 0.5, hues - 1, hues)
    np.testing.assert_allclose(views.sum(axis=1), 1.3, atol=1e-5)
    assert np.abs(turned).max() < 0.12
    assert turned.min() < -0.05
    assert turned.max() > 0.05


def test_jitter_changes_brightness_and_contrast_about_the_mean(images, only, monkeypatch):
    only(_P_JITTER=1.0)
    monkeypatch.setattr(augmentation, "_HUE", 0.0)
    soft = (0.4 + 0.1 * images[..., :1] / 255).astype(np.float32)

    views = augment(soft, [0, 0]).numpy()

    brightness = views.mean(axis=(1, 2, 3)) / soft.mean(axis=(1, 2, 3))
    contrast = views.std(axis=(1, 2, 3)) / soft.std(axis=(1, 2, 3)) / brightness
    for change in (brightness, contrast):
        assert 0.6 - 1e-3 < change.min() < 0.7
        assert 1.3 < change.max() < 1.4 + 1e-3
