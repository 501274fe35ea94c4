import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.job_files import Alike, problems, read_bytes, requests_in
from support.media import mp3, pdf, wav
from support.pictures import data_url, gif, jpeg, pictures, png

from modelroute_cli.base.schema import Need, Request
from modelroute_cli.catalog.settings import ImageSettings
from modelroute_cli.jobs.index import IndexOptions, index
from modelroute_cli.jobs.media import Media
from modelroute_cli.jobs.problems import Fault

_PATHS = "give an https URL, a data: URL or a relative path below the job file's folder"
_ALLOW = f"{_PATHS}; `images: {{allow_outside: true}}` in your settings lets files lie anywhere"
_ANYWHERE = ImageSettings(allow_outside=True)


def _fault(image: str, folder: Path, rules: ImageSettings | None = None) -> Fault | None:
    return Media(folder, rules or ImageSettings()).fault(image, "images[0]")


def _missing(shown: str, folder: Path) -> Fault:
    return Fault("images[0]", f"there is no file {shown} beside the job file", f"it was looked for in `{folder}`")


def _outside(shown: str) -> Fault:
    return Fault("images[0]", f"{shown} leads out of the job file's folder", _ALLOW)


def _asking(*images: str) -> Request:
    return Request(custom_id="a", prompt="x", images=images)


def test_an_address_is_sent_as_it_is(tmp_path: Path) -> None:
    """Nobody fetches it here, so its size is not known."""
    pictures_ = Media(tmp_path, ImageSettings())
    assert pictures_.fault("https://example.com/a.png", "images[0]") is None
    assert pictures_.sizes(_asking("https://example.com/a.png")) == (0,)


@pytest.mark.parametrize("image", ["pic.png", "sub/pic.png", "./sub/pic.png"])
def test_files_in_and_below_the_folder_are_sent(image: str, tmp_path: Path) -> None:
    """Relative paths, as a job file beside its pictures has them."""
    (tmp_path / "sub").mkdir()
    for folder in (tmp_path, tmp_path / "sub"):
        (folder / "pic.png").write_bytes(png(30, 20))
    pictures_ = Media(tmp_path, ImageSettings())
    assert pictures_.fault(image, "images[0]") is None
    assert pictures_.sizes(_asking(image)) == (30 << 16 | 20,)
    assert pictures_.digests == {image: f"sha256:{hashlib.sha256(png(30, 20)).hexdigest()}"}


@pytest.mark.parametrize("content", [content for _, content in pictures(9, 8)])
def test_the_content_decides_and_not_the_name(content: bytes, tmp_path: Path) -> None:
    """Every format under a wrong name; it is sent as what it is."""
    (tmp_path / "a.bmp").write_bytes(content)
    assert _fault("a.bmp", tmp_path) is None
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    media = Media(tmp_path, ImageSettings())
    assert media.fault("a.bmp", "images[0]") is None
    assert media.digests == {"a.bmp": digest}


@pytest.mark.parametrize(
    "image",
    ["../a.png", "a/../../b.png", "./sub/../pic.png", "/etc/passwd", r"C:\a.png", r"\\host\a.png", r"..\a.png"],
)
def test_images_never_leave_the_folder(image: str, tmp_path: Path) -> None:
    """Absolute paths and steps up are refused, in the notation of either system."""
    assert _fault(image, tmp_path) == _outside(f"`{image}`")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A symbolic link is followed before the folder is compared; so is a folder that is one."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.png").write_bytes(png(1, 1))
    (inside / "link.png").symlink_to(outside / "secret.png")
    (inside / "sub").symlink_to(outside)
    for image in ("link.png", "sub/secret.png"):
        assert _fault(image, inside) == _outside(f"`{image}`")


def test_settings_let_files_lie_anywhere(tmp_path: Path) -> None:
    """Absolute, above, behind a link."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "a.png").write_bytes(png(5, 4))
    (inside / "link.png").symlink_to(tmp_path / "a.png")
    for image in ("../a.png", "link.png", str(tmp_path / "a.png")):
        assert _fault(image, inside, _ANYWHERE) is None
    assert _fault("../b.png", inside, _ANYWHERE) == _missing("`../b.png`", inside)


@pytest.mark.parametrize(("image", "shown"), [("a.png", "`a.png`"), ("a\0.png", r"`a\x00.png`"), (".", "`.`")])
def test_an_image_that_is_no_file_is_refused(image: str, shown: str, tmp_path: Path) -> None:
    """Missing files, names that no file can have, and folders."""
    assert _fault(image, tmp_path) == _missing(shown, tmp_path)


def test_an_image_name_that_is_too_long_is_no_file(tmp_path: Path) -> None:
    """A name beyond the system's limit is missing like any other."""
    assert _fault("x" * 5000, tmp_path) == _missing(f"`{'x' * 60}...`", tmp_path)


def test_a_circle_of_links_is_no_file(tmp_path: Path) -> None:
    """Links that lead to themselves end nowhere."""
    (tmp_path / "a.png").symlink_to(tmp_path / "a.png")
    assert _fault("a.png", tmp_path) == _missing("`a.png`", tmp_path)


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        (b"", "`a.png` is empty: its content is none of PNG, JPEG, WebP and GIF", "PNG, JPEG, WebP and GIF are sent"),
        (
            b"%PDF-1.7 ...",
            "`a.png` is no picture: its content is none of PNG, JPEG, WebP and GIF",
            "PNG, JPEG, WebP and GIF are sent",
        ),
        (png(3, 3)[:20], "`a.png` is a broken PNG: its header is damaged or cut off", "write it again"),
    ],
)
def test_a_file_that_is_no_sound_picture_is_refused(content: bytes, message: str, hint: str, tmp_path: Path) -> None:
    """Providers refuse such requests one by one; this refuses them before anything is paid."""
    (tmp_path / "a.png").write_bytes(content)
    assert _fault("a.png", tmp_path) == Fault("images[0]", message, hint)


def test_a_picture_has_a_largest_size(tmp_path: Path) -> None:
    """As a file and as a data URL; the limit is a setting."""
    large = png(2, 2) + bytes(1_200_000)
    (tmp_path / "a.png").write_bytes(large)
    hint = "scale it down, or raise `images: {max_mb: ...}` in your settings"
    small = ImageSettings(max_mb=1)
    assert _fault("a.png", tmp_path, small) == Fault("images[0]", "`a.png` has 1.2 MB, more than 1 MB", hint)
    assert _fault(data_url(large), tmp_path, small) == Fault(
        "images[0]", "the data URL has 1.2 MB, more than 1 MB", hint
    )
    assert _fault("a.png", tmp_path) is None
    assert _fault(data_url(large), tmp_path) is None


def test_a_data_url_is_sent_as_it_is(tmp_path: Path) -> None:
    """Its size is read from its content, wherever its header stands."""
    pictures_ = Media(tmp_path, ImageSettings())
    urls = [
        data_url(png(30, 20)),
        data_url(jpeg(30, 20), "jpeg"),
        data_url(jpeg(30, 20), "jpg"),
        data_url(b"".join([jpeg(1, 1)[:2], *[b"\xff\xe1\xff\xff" + bytes(65533)] * 3, jpeg(30, 20)[2:]]), "jpeg"),
    ]
    assert [pictures_.fault(url, "images[0]") for url in urls] == [None] * 4
    assert pictures_.sizes(_asking(*urls)) == (30 << 16 | 20,) * 4
    assert pictures_.digests == {}


@pytest.mark.parametrize(
    "image", ["data:text/html;base64,AAAA", "data:image/png,AAAA", "data:image/png;base64,", "data:"]
)
def test_a_data_url_holds_an_image(image: str, tmp_path: Path) -> None:
    """Only base64 images are data we send."""
    assert _fault(image, tmp_path) == Fault(
        "images[0]", f"`{image}` is no image", "write it like `data:image/png;base64,...`"
    )


@pytest.mark.parametrize("content", ["AAA", "AA==A", "iVBORw0KGgo\n=", "ä", "a-_b"])
def test_a_data_url_is_valid_base64(content: str, tmp_path: Path) -> None:
    """Not almost: providers refuse line breaks and the alphabet of URLs too."""
    fault = _fault(f"data:image/png;base64,{content}", tmp_path)
    assert fault is not None
    assert fault.message.endswith("is no valid Base64")
    assert fault.hint == "encode the picture again, without line breaks"


def test_a_data_url_says_what_it_holds(tmp_path: Path) -> None:
    """Anthropic refuses a picture under another type's name."""
    assert _fault(data_url(gif(3, 3), "png"), tmp_path) == Fault(
        "images[0]", "says `image/png` and holds a GIF", "begin it with `data:image/gif;base64,`"
    )
    assert _fault(data_url(b"GIF89a", "gif"), tmp_path) == Fault(
        "images[0]", "the data URL is a broken GIF: its header is damaged or cut off", "write it again"
    )


@pytest.mark.parametrize("image", ["file:///etc/passwd", "ftp://x.org/a.png", "s3://bucket/a.png", "javascript:1"])
def test_other_schemes_are_refused(image: str, tmp_path: Path) -> None:
    """Only https and data are read, wherever files may lie."""
    fault = Fault("images[0]", f"`{image}` has a scheme that is not read", _PATHS)
    assert [_fault(image, tmp_path, rules) for rules in (None, _ANYWHERE)] == [fault, fault]


def test_plain_http_is_refused_with_its_https_form(tmp_path: Path) -> None:
    """The hint is the address to type."""
    assert _fault("http://example.com/a.png", tmp_path) == Fault(
        "images[0]", "`http://example.com/a.png` is not encrypted", "use `https://example.com/a.png`"
    )


@settings(deadline=None)
@given(image=st.text(min_size=1, max_size=60))
def test_checking_any_image_never_fails(image: str) -> None:
    """Whatever stands there, it is a fault or none, never an exception."""
    fault = _fault(image, Path(__file__).parent)
    assert fault is None or fault.field == "images[0]"


def test_a_file_is_read_once_however_many_rows_name_it(tmp_path: Path) -> None:
    """The second look is at what is known, so both rows are judged alike."""
    (tmp_path / "a.png").write_bytes(png(3, 3))
    pictures_ = Media(tmp_path, ImageSettings())
    assert pictures_.fault("a.png", "images[0]") is None
    (tmp_path / "a.png").unlink()
    assert pictures_.fault("a.png", "images[1]") is None


def test_without_rules_nothing_has_a_fault(tmp_path: Path) -> None:
    """A file that was checked before is not checked again; the size of what is gone is not known."""
    (tmp_path / "a.png").write_bytes(png(30, 20))
    pictures_ = Media(tmp_path, None)
    assert pictures_.fault("gone.png", "images[0]") is None
    assert pictures_.sizes(_asking("gone.png", "a.png", "https://example.com/b.png")) == (0, 30 << 16 | 20, 0)


_ROWS: list[tuple[str, Callable[[str], str]]] = [
    ("a.jsonl", lambda image: f'{{"custom_id": "1", "prompt": "x", "images": ["{image}"]}}\n'),
    ("a.csv", lambda image: f"custom_id,prompt,images\n1,x,{image}\n"),
]


@pytest.mark.parametrize(("name", "row"), _ROWS)
def test_every_problem_has_its_line_and_field(name: str, row: Callable[[str], str], tmp_path: Path) -> None:
    """Images are checked with the rest of the file."""
    (tmp_path / "bad.png").write_bytes(b"GIF")
    line = 1 + name.endswith("csv")
    assert problems(tmp_path, name, row("bad.png").encode()) == [
        f"{name}:{line}: images[0]: `bad.png` is no picture: its content is none of PNG, JPEG, WebP and GIF",
        "hint: PNG, JPEG, WebP and GIF are sent",
    ]


@pytest.mark.parametrize(("name", "row"), _ROWS)
def test_a_job_file_remembers_its_pictures(name: str, row: Callable[[str], str], tmp_path: Path) -> None:
    """Sizes stand in the frame, digests beside it; the request still names the file."""
    (tmp_path / "a.png").write_bytes(png(30, 20))
    job = read_bytes(tmp_path, name, row("a.png").encode())
    assert job.requests.collect()["image_sizes"].to_list() == [[30 << 16 | 20]]
    assert job.requests.collect()["modality"].to_list() == ["image"]
    assert job.images == {"a.png": f"sha256:{hashlib.sha256(png(30, 20)).hexdigest()}"}
    assert [request.images for request in requests_in(job)] == [("a.png",)]


def test_images_of_another_folder_are_found_there(tmp_path: Path) -> None:
    """A spool is read again with the folder of its job file."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "a.png").write_bytes(png(3, 3))
    (tmp_path / "a.jsonl").write_text('{"custom_id": "1", "prompt": "x", "images": ["a.png"]}')
    options = IndexOptions(spool_dir=tmp_path, folder=tmp_path / "home")
    job = index(str(tmp_path / "a.jsonl"), Alike(), options)
    assert list(job.images) == ["a.png"]


_SOUND = "data:audio/wav;base64,"
_PAPER = "data:application/pdf;base64,"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _carrying(audio: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> Request:
    return Request(custom_id="a", prompt="x", audio=audio, files=files)


def test_sound_and_pdfs_are_measured_where_they_stand(tmp_path: Path) -> None:
    """Seconds and pages of files and data URLs, and the most that is sent for what stands at an address."""
    (tmp_path / "a.wav").write_bytes(wav(30))
    (tmp_path / "a.pdf").write_bytes(pdf(7))
    media = Media(tmp_path, ImageSettings())
    url, paper = _SOUND + _base64(wav(5)), _PAPER + _base64(pdf(2))
    request = _carrying(("a.wav", url, "https://example.com/a.mp3"), ("a.pdf", paper, "https://example.com/a.pdf"))
    assert list(media.faults(request)) == []
    assert (media.seconds(request), media.pages(request)) == (30 + 5 + 600, 7 + 2 + 20)
    assert media.amounts == {"a.wav": 30, "a.pdf": 7}
    assert sorted(media.digests) == ["a.pdf", "a.wav"]
    assert (media.seconds(_carrying()), media.pages(_carrying())) == (0, 0)


def test_a_pdf_whose_pages_are_not_known_counts_as_many(tmp_path: Path) -> None:
    """Twenty; it is not refused, and stands among no amounts."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7 built in another way")
    media = Media(tmp_path, ImageSettings())
    request = _carrying(files=("a.pdf",))
    assert list(media.faults(request)) == []
    assert media.pages(request) == 20
    assert media.amounts == {}


@pytest.mark.parametrize(
    ("audio", "files", "fault"),
    [
        (
            "a.wav",
            "",
            Fault("audio[0]", "`a.wav` is no sound: its content is neither WAV nor MP3", "WAV and MP3 are sent"),
        ),
        ("", "a.wav", Fault("files[0]", "`a.wav` is no document: its content is no PDF", "PDF is sent")),
        (
            "b.wav",
            "",
            Fault("audio[0]", "`b.wav` is a broken WAV: its header is damaged or cut off", "write it again"),
        ),
        (
            data_url(png(1, 1)),
            "",
            Fault(
                "audio[0]",
                f"`{data_url(png(1, 1))[:60]}...` is no sound",
                "write it like `data:audio/wav;base64,...`",
            ),
        ),
        (
            _SOUND + _base64(mp3(3)),
            "",
            Fault("audio[0]", "says `audio/wav` and holds an MP3", "begin it with `data:audio/mpeg;base64,`"),
        ),
        (
            "",
            "http://example.com/a.pdf",
            Fault("files[0]", "`http://example.com/a.pdf` is not encrypted", "use `https://example.com/a.pdf`"),
        ),
        ("", "../a.pdf", Fault("files[0]", "`../a.pdf` leads out of the job file's folder", _ALLOW)),
    ],
)
def test_what_is_no_sound_or_pdf_is_refused(audio: str, files: str, fault: Fault, tmp_path: Path) -> None:
    """In the words of what it should be, by its field and place."""
    (tmp_path / "a.wav").write_bytes(b"hello")
    (tmp_path / "b.wav").write_bytes(wav(3)[:30])
    request = _carrying((audio,) if audio else (), (files,) if files else ())
    assert list(Media(tmp_path, ImageSettings()).faults(request)) == [fault]


def test_a_pdf_has_a_largest_size_too(tmp_path: Path) -> None:
    """It cannot be scaled down."""
    (tmp_path / "a.pdf").write_bytes(pdf(1) + bytes(1_200_000))
    [fault] = Media(tmp_path, ImageSettings(max_mb=1)).faults(_carrying(files=("a.pdf",)))
    hint = "cut it into parts, or raise `images: {max_mb: ...}` in your settings"
    assert fault == Fault("files[0]", "`a.pdf` has 1.2 MB, more than 1 MB", hint)


def test_pictures_count_at_the_size_they_are_sent_at(tmp_path: Path) -> None:
    """A GIF is left alone; so is what is small."""
    (tmp_path / "a.png").write_bytes(png(400, 100))
    request = _asking("a.png", data_url(png(100, 400)), data_url(gif(400, 100), "gif"), data_url(png(50, 60)))
    sizes = (200 << 16 | 50, 50 << 16 | 200, 400 << 16 | 100, 50 << 16 | 60)
    assert Media(tmp_path, ImageSettings(max_side=200)).sizes(request) == sizes
    assert Media(tmp_path, None, 200).sizes(request) == sizes


def test_a_picture_that_is_too_large_to_scale_is_told_before(tmp_path: Path) -> None:
    """Only where it is to be scaled."""
    claimed = png(1, 1)[:16] + (20_000).to_bytes(4) * 2 + png(1, 1)[24:]
    (tmp_path / "a.png").write_bytes(claimed)
    message = "`a.png` has 400 million pixels, too many to be scaled down"
    assert _fault("a.png", tmp_path, ImageSettings(max_side=100)) == Fault(
        "images[0]", message, "scale it down yourself"
    )
    assert _fault("a.png", tmp_path) is None


def test_the_frame_has_pages_seconds_and_needs(tmp_path: Path) -> None:
    """From JSONL and CSV alike; the digests of all files stand beside it."""
    (tmp_path / "a.pdf").write_bytes(pdf(7))
    (tmp_path / "a.wav").write_bytes(wav(9))
    lines = b'{"custom_id": "1", "prompt": "x", "files": ["a.pdf"], "audio": ["a.wav"], "temperature": 0}\n'
    table = b"custom_id,prompt,files,audio,temperature\n1,x,a.pdf,a.wav,0\n"
    for name, content in (("a.jsonl", lines), ("a.csv", table)):
        job = read_bytes(tmp_path, name, content)
        row = job.requests.collect().row(0, named=True)
        bits = Need.FILE.bit | Need.AUDIO.bit | Need.TEMPERATURE.bit
        assert (row["pages"], row["audio_s"], row["needs"], row["modality"]) == (7, 9, bits, "file")
        assert sorted(job.images) == ["a.pdf", "a.wav"]
        assert dict(job.amounts) == {"a.pdf": 7, "a.wav": 9}
