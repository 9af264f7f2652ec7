"""Writes pillow_bicubic_vectors.json: hashes of what Pillow's bicubic resize gives for noise that the tests make again from a seed.

Made with Pillow 9.4.0 (Debian 12: python3-pil, python3-numpy):  /usr/bin/python3 pillow_bicubic_vectors.py
"""
import json
import os
import random
import zlib

import numpy as np
from PIL import Image, __version__

TRANSPOSE = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
             5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90}


def noise(seed, width, height, saturated):
    """[height, width, 3] bytes: a hash of the byte's index; saturated: only 0 and 255, the worst case for overflow and clipping."""
    v = np.arange(width * height * 3, dtype=np.uint32) + np.uint32(seed * 0x9E3779B9 & 0xFFFFFFFF)
    v ^= v >> np.uint32(16)
    v *= np.uint32(0x85EBCA6B)
    v ^= v >> np.uint32(13)
    v *= np.uint32(0xC2B2AE35)
    v ^= v >> np.uint32(16)
    data = np.where(v & 1, 255, 0) if saturated else v & 255
    return data.astype(np.uint8).reshape(height, width, 3)


def main():
    draw = random.Random(20261123)
    sizes = [(1, 1), (1, 2), (2, 1), (1, 40), (40, 1), (3, 3), (4, 4), (7, 8), (8, 7), (335, 335), (336, 336), (337, 337), (336, 50), (50, 336),
             (3000, 1), (1, 3000), (2500, 3), (3, 2500), (900, 200), (200, 900), (601, 403)]
    sides = [1, 2, 7, 14, 28, 56, 70, 97, 224, 336]
    cases = []
    for seed in range(360):
        if seed < 2 * len(sizes):
            width, height = sizes[seed // 2]
            side = 336 if seed % 2 == 0 else draw.choice(sides)
        else:
            top = draw.choice([12, 40, 100, 100, 400])
            width, height = draw.randint(1, top), draw.randint(1, top)
            side = draw.choice(sides)
        orientation = seed % 8 + 1 if seed % 3 else 1
        if seed == 41:
            width, height, orientation = 801, 607, 6
        saturated = seed % 5 == 0
        picture = Image.fromarray(noise(seed, width, height, saturated))
        if orientation != 1:
            picture = picture.transpose(TRANSPOSE[orientation])
        resized = picture.resize((side, side), Image.Resampling.BICUBIC)
        cases.append([seed, width, height, int(saturated), orientation, side, zlib.crc32(resized.tobytes())])
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pillow_bicubic_vectors.json")
    with open(path, "w", newline="\n") as file:
        file.write('{\n  "made_with": "Pillow %s",\n' % __version__)
        file.write('  "columns": ["seed", "width", "height", "saturated", "orientation", "side", "crc32_of_rgb"],\n')
        file.write('  "cases": [\n%s\n  ]\n}\n' % lines)


main()
