"""Writes jpeg_vectors.json: small JPEG files of many kinds, and hashes of the pixels that Pillow decodes from them.

Made with Pillow 9.4.0 and jpegtran 2.1.5 (Debian 12: python3-pil, python3-numpy, libjpeg-turbo-progs):  /usr/bin/python3 jpeg_vectors.py
"""
import base64
import io
import json
import os
import random
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageFile, __version__

FOLDER = os.path.dirname(os.path.abspath(__file__))
PHOTO = os.path.join(FOLDER, "..", "..", "golden", "tiny-stride3", "images", "02_jpeg420_large.jpg")
RESTARTS = [None, None, ["-restart", "1"], ["-restart", "1B"], ["-restart", "3B"]]


def picture(draw, noise, photo, kind):
    width, height = (draw.randint(1, 20), draw.randint(1, 20)) if draw.random() < 0.4 else (draw.randint(20, 70), draw.randint(20, 60))
    if kind == "photo":
        x, y = draw.randint(0, photo.width - width), draw.randint(0, photo.height - height)
        return photo.crop((x, y, x + width, y + height))
    width, height = min(width, 33), min(height, 34)
    if kind == "noise":
        return Image.fromarray(noise.integers(0, 256, (height, width, 3), dtype=np.uint8))
    if kind == "saturated":
        return Image.fromarray((noise.integers(0, 2, (height, width, 3)) * 255).astype(np.uint8))
    return Image.new("RGB", (width, height), (draw.randint(0, 255), draw.randint(0, 255), draw.randint(0, 255)))


def main():
    ImageFile.MAXBLOCK = 1 << 24
    draw, noise = random.Random(20261125), np.random.default_rng(20261125)
    photo = Image.open(PHOTO).convert("RGB")
    cases = []
    for number in range(72):
        kind = draw.choice(["photo", "photo", "photo", "noise", "saturated", "flat"])
        quality, sampling = draw.choice([3, 30, 50, 75, 85, 90, 95, 100]), number % 3
        made = picture(draw, noise, photo, kind)
        grey = number % 9 == 0
        if grey:
            made = made.convert("L")
        file = io.BytesIO()
        made.save(file, "JPEG", quality=quality, subsampling=sampling, optimize=number % 4 == 0)
        data = file.getvalue()
        restart = RESTARTS[number % 5]
        if restart:
            data = subprocess.run(["jpegtran", *restart], input=data, capture_output=True, check=True).stdout
        pixels = Image.open(io.BytesIO(data)).convert("RGB")
        name = "%s %dx%d quality %d sampling %s%s" % (
            kind, *pixels.size, quality, "grey" if grey else ["444", "422", "420"][sampling], " restarts" if restart else "")
        cases.append([name, base64.b64encode(data).decode(), zlib.crc32(pixels.tobytes())])
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    with open(os.path.join(FOLDER, "jpeg_vectors.json"), "w", newline="\n") as file:
        file.write('{\n  "made_with": "Pillow %s",\n' % __version__)
        file.write('  "columns": ["name", "file", "crc32_of_rgb"],\n')
        file.write('  "cases": [\n%s\n  ]\n}\n' % lines)


main()
