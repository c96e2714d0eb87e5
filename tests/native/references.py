"""What native_shim does to pictures, in numpy and in whole numbers: the bytes must be the same."""

import numpy as np

GRAY = np.array([0.2125, 0.7154, 0.0721])  # of Gymnasium


def gray(picture):
    """As native_shim/src/pixels.h has it, which is Gymnasium's, in whole numbers."""
    weights = np.round(GRAY * 2**15).astype(np.uint32)
    return ((picture.astype(np.uint32) @ weights) >> 15).astype(np.uint8)[..., None]


def area_average(picture, width, height):
    """The mean of the area that each pixel of the smaller picture covers, rounded."""

    def weights(source, target):
        # In units of which a source's pixel is `target` wide, and a target's `source`.
        low = np.maximum.outer(np.arange(target) * source, np.arange(source) * target)
        high = np.minimum.outer((np.arange(target) + 1) * source, (np.arange(source) + 1) * target)
        return np.clip(high - low, 0, None)

    rows, columns = weights(picture.shape[0], height), weights(picture.shape[1], width)
    area = picture.shape[0] * picture.shape[1]
    sums = np.einsum("yi,xj,ijc->yxc", rows, columns, picture.astype(np.int64), optimize=True)
    return ((sums + area // 2) // area).astype(np.uint8)


def frame_of(picture, *, gray_scale=False, crop=None, size=None, before=None):
    """What a view makes of a picture, RGB, and of the one before it."""
    result = picture if before is None else np.maximum(picture, before)
    if crop is not None:
        x, y, width, height = crop
        room = np.zeros((height, width, 3), np.uint8)
        there = result[y : y + height, x : x + width]
        room[: there.shape[0], : there.shape[1]] = there
        result = room
    if gray_scale:
        result = gray(result)
    return result if size is None else area_average(result, *size)
