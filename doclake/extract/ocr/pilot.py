"""The pilot reads a few lines of a picture first, to learn its scripts and which way up it is."""

from __future__ import annotations

from PIL import Image

from doclake.extract.ocr import scripts, symbols
from doclake.extract.ocr.lines import area, grown, read_line
from doclake.extract.ocr.model import TextBlock
from doclake.extract.ocr.tesseract import open_engine

DOUBT = 4.0  # mean price of a letter: above it the page may lie on its side
_FEW = 5  # letters: a line with fewer is no text
_PILOT = 4  # lines read first


def pilot(blocks: list[TextBlock], models: list[str], dpi: int) -> tuple[list[str], float]:
    """The models, best first, by how well they read a few long lines of the largest block; and the
    doubt of the best, which is infinite if it sees next to nothing."""
    if not blocks:
        return models, 0.0
    from tesserocr import PSM

    picture, box = max(blocks, key=lambda block: area(block[1]))
    largest = picture.crop(box)
    boxes = symbols.line_boxes(open_engine(models[0]), largest, PSM.SINGLE_BLOCK, dpi)
    boxes = sorted(boxes, key=lambda box: box[0] - box[2])[: 3 * _PILOT : 3]
    prices = dict.fromkeys(models, 0.0)
    letters = dict.fromkeys(models, 0)
    for box in boxes:
        for model in models:
            line = read_line(model, largest, grown(box, largest), dpi)
            prices[model] += scripts.price(line, model)
            letters[model] += len(line)
    means = {model: prices[model] / max(letters[model], 1) for model in models}
    trusted = {model for model in models if letters[model] > _FEW * len(boxes)}
    # A model that saw few letters may still be the best one, but it is not trusted.
    best = sorted(
        models, key=lambda model: (model not in trusted, not letters[model], means[model])
    )
    return best, means[best[0]] if best[0] in trusted else float("inf")


def orientation(grey: Image.Image, dpi: int) -> int:
    """Quarter turns clockwise that make the text upright, as Tesseract's OSD sees it."""
    from tesserocr import PSM

    engine = open_engine("osd")
    engine.SetPageSegMode(PSM.OSD_ONLY)
    engine.SetImage(grey)
    engine.SetSourceResolution(dpi)
    detected = engine.DetectOrientationScript()
    if not detected or detected["orient_conf"] < 1:
        return 0
    return (360 - int(detected["orient_deg"])) % 360 // 90
