"""A first look at a picture: which scripts it has and which way up it stands."""

from __future__ import annotations

from PIL import Image

from doclake.extract.ocr import scripts, symbols
from doclake.extract.ocr.lines import area, grown, line_again
from doclake.extract.ocr.model import Block
from doclake.extract.ocr.tesseract import open_engine

DOUBT = 4.0  # mean price of a letter in the pilot's lines above which the page may lie on its side
_FEW = 5  # letters in a line of the pilot under which it is none
_PILOT = 4  # lines read first


def pilot(blocks: list[Block], models: list[str], dpi: int) -> tuple[list[str], float]:
    """The models by how well they know a few long lines of the largest block, and the doubt of the
    best: infinite where it sees next to nothing."""
    if not blocks:
        return models, 0.0
    from tesserocr import PSM

    picture, box = max(blocks, key=lambda block: area(block[1]))
    largest = picture.crop(box)
    boxes = symbols.lines_of(open_engine(models[0]), largest, PSM.SINGLE_BLOCK, dpi)
    boxes = sorted(boxes, key=lambda box: box[0] - box[2])[: 3 * _PILOT : 3]
    prices = dict.fromkeys(models, 0.0)
    letters = dict.fromkeys(models, 0)
    for box in boxes:
        for model in models:
            line = line_again(model, largest, grown(box, largest), dpi)
            prices[model] += scripts.price(line, model)
            letters[model] += len(line)
    means = {model: prices[model] / max(letters[model], 1) for model in models}
    trusted = {model for model in models if letters[model] > _FEW * len(boxes)}
    # Few letters are reason enough to prefer a model, but none to trust it.
    best = sorted(models, key=lambda one: (one not in trusted, not letters[one], means[one]))
    return best, means[best[0]] if best[0] in trusted else float("inf")


def orientation(grey: Image.Image, dpi: int) -> int:
    """Quarter turns clockwise that make the text upright, as Tesseract's OSD tells."""
    from tesserocr import PSM

    engine = open_engine("osd")
    engine.SetPageSegMode(PSM.OSD_ONLY)
    engine.SetImage(grey)
    engine.SetSourceResolution(dpi)
    found = engine.DetectOrientationScript()
    if not found or found["orient_conf"] < 1:
        return 0
    return (360 - int(found["orient_deg"])) % 360 // 90
