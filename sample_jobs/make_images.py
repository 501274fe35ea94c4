"""Draws the pictures of vision.jsonl; needs Pillow, as nothing else here: `python sample_jobs/make_images.py`."""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_FOLDER = Path(__file__).parent / "images"


def _text(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, fill: str = "black") -> None:
    draw.text(at, text, font=ImageFont.load_default(size), fill=fill)


def receipt() -> Image.Image:
    """A till receipt."""
    image = Image.new("RGB", (360, 480), "#fbfaf4")
    draw = ImageDraw.Draw(image)
    _text(draw, (80, 24), "LINDEN BAKERY", 26)
    _text(draw, (86, 62), "12 Mill Lane, 3 May 2026", 15)
    lines = [("2 Rye loaf", "7.80"), ("4 Butter roll", "3.60"), ("1 Plum cake", "14.50"), ("1 Coffee", "2.90")]
    for place, (name, price) in enumerate(lines):
        _text(draw, (30, 130 + 42 * place), name, 20)
        _text(draw, (280, 130 + 42 * place), price, 20)
    draw.line((30, 320, 330, 320), fill="black", width=2)
    _text(draw, (30, 340), "TOTAL EUR", 24)
    _text(draw, (262, 340), "28.80", 24)
    _text(draw, (30, 400), "Paid by card. Thank you!", 18)
    return image


def sales() -> Image.Image:
    """A bar chart of four quarters."""
    image = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(image)
    _text(draw, (170, 14), "Kettles sold in 2025 (thousands)", 20)
    for place, (quarter, sold) in enumerate([("Q1", 42), ("Q2", 35), ("Q3", 58), ("Q4", 91)]):
        left, top = 90 + 135 * place, 350 - 3 * sold
        draw.rectangle((left, top, left + 80, 350), fill="#2a6f97")
        _text(draw, (left + 26, top - 28), str(sold), 20)
        _text(draw, (left + 24, 358), quarter, 20)
    draw.line((60, 350, 610, 350), fill="black", width=2)
    return image


def teapot() -> Image.Image:
    """A product on a table."""
    image = Image.linear_gradient("L").resize((800, 600)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 430, 800, 600), fill="#8d6e53")
    draw.ellipse((250, 220, 550, 480), fill="#1b7f6b")
    draw.ellipse((350, 195, 450, 240), fill="#145c4e")
    draw.ellipse((388, 168, 412, 200), fill="#d8b04a")
    draw.polygon([(540, 330), (660, 240), (680, 262), (545, 400)], fill="#1b7f6b")
    draw.arc((165, 270, 300, 430), 90, 270, fill="#1b7f6b", width=24)
    return image


def sign() -> Image.Image:
    """A German sign on a shop door."""
    image = Image.new("RGB", (500, 300), "#c0392b")
    draw = ImageDraw.Draw(image)
    draw.rectangle((16, 16, 484, 284), outline="white", width=6)
    _text(draw, (70, 60), "Wir machen Urlaub", 40, "white")
    _text(draw, (84, 140), "vom 3. bis 17. August", 34, "white")
    _text(draw, (106, 210), "Ab 18.8. wieder da!", 30, "white")
    return image


def main() -> None:
    """Write the four files."""
    receipt().convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(_FOLDER / "receipt.png", optimize=True)
    sales().convert("P", palette=Image.Palette.ADAPTIVE, colors=16).save(_FOLDER / "sales.png", optimize=True)
    teapot().save(_FOLDER / "teapot.jpg", quality=70)
    sign().save(_FOLDER / "sign.webp", quality=70)


if __name__ == "__main__":
    main()
