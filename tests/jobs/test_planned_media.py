"""What is sent of a plan's files: as they were planned, or not at all."""

import base64
import hashlib
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from support.media import mp3, pdf, wav
from support.pictures import data_url, gif, pictures, png

from modelroute_cli.base.errors import JobFileError
from modelroute_cli.base.schema import Request
from modelroute_cli.jobs.image_header import Kind, Size, image_size
from modelroute_cli.jobs.planned_media import PlannedMedia


def _asking(*images: str) -> Request:
    return Request(custom_id="a", prompt="x", images=images)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _content(url: str) -> bytes:
    return base64.b64decode(url.partition(",")[2])


@pytest.mark.parametrize(("kind", "content"), pictures(9, 8))
def test_a_picture_is_sent_as_what_it_is(kind: Kind, content: bytes, tmp_path: Path) -> None:
    """Every format under a wrong name."""
    (tmp_path / "a.bmp").write_bytes(content)
    [sent] = PlannedMedia(tmp_path, {"a.bmp": _digest(content)}).inline(_asking("a.bmp")).images
    assert sent == data_url(content, kind)


def test_what_is_sent_is_what_was_planned(tmp_path: Path) -> None:
    """Files become data URLs, in their places; all else of the request stays."""
    (tmp_path / "a.png").write_bytes(png(3, 3))
    digest = f"sha256:{hashlib.sha256(png(3, 3)).hexdigest()}"
    request = _asking("https://example.com/b.png", "a.png", data_url(gif(1, 1), "gif"))
    sent = PlannedMedia(tmp_path, {"a.png": digest}).inline(request)
    assert sent == _asking(request.images[0], data_url(png(3, 3)), request.images[2])
    assert base64.b64decode(sent.images[1].partition(",")[2]) == png(3, 3)


def test_a_picture_that_changed_is_not_sent(tmp_path: Path) -> None:
    """One other byte is another picture; one that nobody planned is as well."""
    (tmp_path / "a.png").write_bytes(png(3, 3))
    for digests in ({"a.png": "sha256:0"}, {}):
        with pytest.raises(JobFileError) as caught:
            PlannedMedia(tmp_path, digests).inline(_asking("a.png"))
        assert caught.value.message == "image `a.png` changed after the plan was made"
        assert caught.value.hint == "put it back as it was, or make a new plan"


def test_a_picture_that_is_gone_is_told(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(JobFileError) as caught:
        PlannedMedia(tmp_path, {"a.png": "sha256:0"}).inline(_asking("a.png"))
    assert caught.value.message == "image `a.png` cannot be read any more: No such file or directory"


def test_a_request_without_files_stays_itself(tmp_path: Path) -> None:
    """No copy is made where nothing is to be read."""
    request = _asking("https://example.com/b.png")
    assert PlannedMedia(tmp_path, {}).inline(request) is request


def test_sound_and_pdfs_are_sent_as_they_were_planned(tmp_path: Path) -> None:
    """Under the media types that providers know."""
    (tmp_path / "a").write_bytes(mp3(3))
    (tmp_path / "b").write_bytes(pdf(2))
    planned = PlannedMedia(tmp_path, {"a": _digest(mp3(3)), "b": _digest(pdf(2))})
    request = Request(
        custom_id="a", prompt="x", audio=("a", data_url(wav(1)).replace("image/png", "audio/x-wav")), files=("b",)
    )
    sent = planned.inline(request)
    assert [item.partition(",")[0] for item in (*sent.audio, *sent.files)] == [
        "data:audio/mpeg;base64",
        "data:audio/wav;base64",
        "data:application/pdf;base64",
    ]
    assert [_content(item) for item in (*sent.audio, *sent.files)] == [mp3(3), wav(1), pdf(2)]


@pytest.mark.parametrize(("field", "called"), [("audio", "sound"), ("files", "document")])
def test_a_file_that_changed_is_not_sent(field: str, called: str, tmp_path: Path) -> None:
    """Whatever it is."""
    (tmp_path / "a").write_bytes(wav(1))
    request = msgspec.structs.replace(Request(custom_id="a", prompt="x"), **{field: ("a",)})
    with pytest.raises(JobFileError) as caught:
        PlannedMedia(tmp_path, {"a": "sha256:0"}).inline(request)
    assert caught.value.message == f"{called} `a` changed after the plan was made"


def test_large_pictures_are_scaled_down(tmp_path: Path) -> None:
    """Files and data URLs; what is small and what stands at an address stays."""
    (tmp_path / "a.png").write_bytes(png(300, 200))
    planned = PlannedMedia(tmp_path, {"a.png": _digest(png(300, 200))}, 100)
    kept = ("https://example.com/b.png", data_url(gif(300, 200), "gif"), data_url(png(9, 9)))
    sent = planned.inline(_asking("a.png", data_url(png(300, 200)), *kept)).images
    assert [image_size(_content(item)) for item in sent[:2]] == [Size(100, 67)] * 2
    assert sent[2:] == kept


def test_a_picture_that_cannot_be_scaled_fails_its_request(tmp_path: Path) -> None:
    """Nothing else would be what was planned."""
    damaged = png(300, 200)[:60]
    (tmp_path / "a.png").write_bytes(damaged)
    with pytest.raises(JobFileError) as caught:
        PlannedMedia(tmp_path, {"a.png": _digest(damaged)}, 100).inline(_asking("a.png"))
    assert caught.value.message == "image `a.png` cannot be scaled down: it is damaged"
    assert caught.value.hint == "scale it down yourself, or leave `images: {max_side: ...}` out"


def test_a_jpeg_goes_under_its_right_name(tmp_path: Path) -> None:
    """Some providers refuse `image/jpg`."""
    out = BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG")
    request = _asking(data_url(out.getvalue(), "jpg"))
    assert PlannedMedia(tmp_path, {}).inline(request).images == (data_url(out.getvalue(), "jpeg"),)
