"""Pictures drawn anew: what comes out is our own JPEG of the same pixels, whatever was hidden in the file."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from PIL import Image, ImageOps, UnidentifiedImageError

from .models import SMALL_SIDE

LARGEST = 15 * 1024 * 1024
# Decoded, three to four bytes a pixel. A JPEG is decoded small at once, the others only whole.
MOST_PIXELS = {"JPEG": 60_000_000, "MPO": 60_000_000, "PNG": 20_000_000, "WEBP": 20_000_000}
LONGER_SIDE = 1200
QUALITY = 82
FAULT = "Tenhle obrázek neumíme přečíst. Pošlete fotku jako JPEG, PNG nebo WebP."


@dataclass(frozen=True, slots=True)
class Picture:
    """JPEG at most LONGER_SIDE wide and high, and the same at SMALL_SIDE."""

    content: bytes
    small: bytes
    width: int
    height: int
    suffix: str = "jpg"
    content_type: str = "image/jpeg"


def read(upload: UploadedFile[bytes]) -> Picture:
    """The picture without metadata, turned the way its camera says; of an animation the first frame."""
    if (upload.size or 0) > LARGEST:
        raise ValidationError(f"Obrázek je příliš velký. Vejde se sem {LARGEST // 1024**2} MB.")
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            # We count pixels ourselves, before any of them is decoded.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(cast(BinaryIO, upload), formats=("JPEG", "PNG", "WEBP")) as image:
                return _drawn(image)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as fault:
        raise ValidationError(FAULT) from fault


def _drawn(image: Image.Image) -> Picture:
    most = MOST_PIXELS.get(image.format or "", 0)
    if image.width * image.height > most:
        raise ValidationError(
            f"Obrázek má příliš mnoho bodů ({image.width} × {image.height}). Zmenšete ho a pošlete znovu."
        )
    image.draft("RGB", (2 * LONGER_SIDE, 2 * LONGER_SIDE))
    turned = ImageOps.exif_transpose(image)
    pixels = turned.convert("RGBA") if turned.has_transparency_data else turned.convert("RGB")
    pixels.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS)
    large = _on_white(pixels)
    smaller = large.copy()
    smaller.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return Picture(_jpeg(large), _jpeg(smaller), large.width, large.height)


def _on_white(pixels: Image.Image) -> Image.Image:
    """Only the pixels, on a fresh sheet: comments, EXIF with its place, profiles and thumbnails stay behind."""
    sheet = Image.new("RGB", pixels.size, "white")
    sheet.paste(pixels, mask=pixels.getchannel("A") if pixels.mode == "RGBA" else None)
    return sheet


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
