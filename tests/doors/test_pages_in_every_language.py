"""Every page and answer that a reader sees is in their language, whole: no English stays behind."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import msgspec
import pytest

from flagstaff.guidelines.translating import guidelines_in
from flagstaff.menus.translating import menus_in
from tests.doors.platform import Harborlane
from tests.houses import HARBORLANE

AT = "?platform=harborlane"
PAGES = (
    f"/help/flags{AT}",
    f"/help/flags/changes{AT}",
    f"/guidelines{AT}",
    f"/contact{AT}",
    f"/suggest{AT}",
    f"/my-flags{AT}",
    "/appeal",
)
LETTER = "Please look at the rule about samples again."
OPTION = "Asks for my shoe size"


class Seen(HTMLParser):
    """Gather what a page shows or tells a screen reader, text by text."""

    TOLD = ("aria-label", "placeholder", "title", "alt")
    INSIDE = frozenset({"a", "span", "strong", "code", "time", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._now: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if name in self.TOLD and value]
        self._at(tag)

    def handle_endtag(self, tag: str) -> None:
        self._at(tag)

    def _at(self, tag: str) -> None:
        self._now.append("\n")  # a message may hold these tags
        if tag not in self.INSIDE:
            self._end()

    def handle_data(self, data: str) -> None:
        self._now.append(data)

    def _end(self) -> None:
        if text := "".join(self._now).strip():
            self.texts.append(text)
        self._now.clear()


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)


def known_to(harborlane: Harborlane) -> set[str]:
    """Return every text of the policy as it reads in Spanish, and the host's name."""
    policy = harborlane.house.policy
    versions = [menus_in(one, "es") for one in policy.menus_history(HARBORLANE)]
    data = msgspec.to_builtins([guidelines_in(policy.guidelines(HARBORLANE), "es"), *versions])
    said = {text.replace("{platform}", "Harborlane").strip() for text in strings(data)} | {"Harborlane"}
    return said | {text.strip(TRIMMED) for text in said}


TRIMMED = " \t.,:·“”«»→()"
_WITHIN = re.compile(r"⟦[^⟦⟧]*⟧")
_NEUTRAL = re.compile(r"\b[A-Z]{1,3}-[0-9A-Z*…-]+|\d{1,2} de \w+ de \d{4}|[\W\d_]+")


def english_in(page: str, known: set[str]) -> list[str]:
    """Return what a page shows that stands neither in brackets nor in the policy or the reader's own words."""
    reader = Seen()
    reader.feed(page)
    left = []
    for text in reader.texts:
        rest = text
        while _WITHIN.search(rest):
            rest = _WITHIN.sub("\n", rest)
        pieces = (piece.strip(TRIMMED) for piece in rest.split("\n"))
        left += [piece for piece in pieces if not _fine(piece, known)]
    return left


def _fine(piece: str, known: set[str]) -> bool:
    if not _NEUTRAL.sub("", piece):
        return True
    if {piece, piece[:1].lower() + piece[1:], piece[:1].upper() + piece[1:]} & known:
        return True
    for sentence in sorted((one for one in known if len(one) > 4 and one in piece), key=len, reverse=True):
        piece = piece.replace(sentence, "")  # what follows a breach is told in several sentences
    return not _NEUTRAL.sub("", piece)


async def sent(harborlane: Harborlane, path: str, /, **form: str) -> httpx.Response:
    return await harborlane.client.post(
        path, data={"platform": "harborlane"} | form, headers={"accept-language": "es"}
    )


@pytest.mark.usefixtures("_brackets")
@pytest.mark.parametrize("path", PAGES)
async def test_no_english_stays_behind_on_a_page(harborlane: Harborlane, path: str) -> None:
    page = (await harborlane.client.get(path, headers={"accept-language": "es"})).text
    assert "⟦" in page
    assert english_in(page, known_to(harborlane)) == []


@pytest.mark.usefixtures("_brackets")
async def test_no_english_stays_behind_where_somebody_writes_and_is_refused(
    harborlane: Harborlane, job: str
) -> None:
    """Each step of the forms: taken, refused, shown again; what they wrote is theirs."""
    number = (await harborlane.flag(job, "rosa", language="es"))["number"]
    token = harborlane.token("rosa", lang="es")
    letter = await sent(harborlane, "/contact", text=LETTER)
    thread, code = re.findall(r"<code>([^<]+)</code>", letter.text)
    steps = [
        letter,
        await sent(harborlane, "/contact", text="no"),
        await sent(harborlane, "/contact", text=LETTER, token=token),
        await sent(harborlane, "/contact", token=token),
        await sent(harborlane, "/contact/thread", number=thread, code=code),
        await sent(harborlane, "/contact/thread", number=thread, code=code, text=LETTER),
        await sent(harborlane, "/contact/thread", number="T-0000-0000-0000", code=code),
        await sent(harborlane, "/suggest", token=token),
        await sent(harborlane, "/suggest", token=token, kind="review", label=OPTION),
        await sent(harborlane, "/suggest", token="none", kind="review", label=OPTION),
        await sent(harborlane, "/my-flags", token=token),
        await sent(harborlane, "/my-flags", token=token, do="answer", number=number, text=LETTER),
        await sent(harborlane, "/my-flags", token=token, do="withdraw", number=number),
        await sent(harborlane, "/appeal", number="N-0000-0000-0000", code="x", text=LETTER),
    ]
    known = known_to(harborlane) | {LETTER.strip("."), OPTION, "no"}
    for step in steps:
        assert step.headers["content-language"] == "es"
        # Told when it was sent, and numbers and codes, which may look like words.
        notices = re.sub(r'<p class="said".*?</p>|<code>[^<]*</code>', "", step.text, flags=re.DOTALL)
        assert english_in(notices, known) == [], step.url


@pytest.mark.usefixtures("_brackets")
async def test_what_the_api_says_to_a_reader_is_in_the_language_of_their_token(
    harborlane: Harborlane, job: str
) -> None:
    """Else in that of the request; sentences of the policy are in it too."""
    receipt = await harborlane.flag(job, "tess", language="es")
    assert receipt["expected"]["text"].startswith("⟦")
    assert receipt["status_text"] == "Tenemos tu reporte."
    signed = {"authorization": f"Bearer {harborlane.token('tess', lang='es')}"}
    mine = (await harborlane.client.get("/v1/my/flags", headers=signed)).json()["items"]
    asked = harborlane.as_server(**{"accept-language": "es-MX,en;q=0.5"})
    same = (await harborlane.client.get("/v1/my/flags?person=tess", headers=asked)).json()["items"]
    assert mine == same
    assert (mine[0]["status_text"], mine[0]["expected"]["text"][:1]) == ("Tenemos tu reporte.", "⟦")
    written: dict[str, Any] = {"text": LETTER}
    letter = (await harborlane.client.post("/v1/contact", json=written, headers=signed)).json()
    assert letter["text"].startswith("⟦")
    threads = (await harborlane.client.get("/v1/my/contact", headers=signed)).json()["items"]
    assert all(one["status_text"].startswith("⟦") for one in threads)
    wanted = {"kind": "review", "label": f"{OPTION} {job[-20:]}"}
    taken = (await harborlane.client.post("/v1/option-suggestions", json=wanted, headers=signed)).json()
    assert taken["text"].startswith("⟦")


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "es-AR,es;q=0.9,en;q=0.5", "es"),
        ("", "en-GB,es;q=0.9", "en"),
        ("", "tlh,es;q=0.3", "es"),
        ("", "tlh", "en"),
        ("&language=es", "en", "es"),
        ("&language=en", "es", "en"),
        ("&language=tlh", "es", "en"),
        ("&language=%22%3E%3Cb%3E", "", "en"),
    ],
)
async def test_a_page_is_in_the_language_that_its_address_names_else_that_the_browser_asks_for(
    harborlane: Harborlane, query: str, header: str, language: str
) -> None:
    page = await harborlane.client.get(f"/help/flags{AT}{query}", headers={"accept-language": header})
    assert f'<html lang="{language}" dir="ltr">' in page.text
    assert page.headers["content-language"] == language
    assert "accept-language" in page.headers["vary"].lower()
    assert page.headers["cache-control"] == "no-cache"
    title = {"en": "Flags on Harborlane", "es": "Reportes en Harborlane"}[language]
    assert f"<h1>{title}</h1>" in page.text


async def test_a_token_says_which_language_somebody_reads_before_the_browser_does(
    harborlane: Harborlane,
) -> None:
    form = {"token": harborlane.token("rosa", lang="es")}
    page = await harborlane.client.post("/my-flags", data=form, headers={"accept-language": "en"})
    assert '<html lang="es" dir="ltr">' in page.text


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/help/flags", "These options are not written in your language yet."),
        ("/guidelines", "These rules are not written in your language yet."),
    ],
)
async def test_where_the_policy_lacks_a_language_the_page_says_so(
    harborlane: Harborlane, path: str, said: str
) -> None:
    assert said in (await harborlane.client.get(f"{path}{AT}&language=tlh")).text
    for language in ("", "&language=en", "&language=es-CL"):
        assert said not in (await harborlane.client.get(f"{path}{AT}{language}")).text


async def test_whoever_chose_a_language_keeps_it_from_page_to_page(harborlane: Harborlane) -> None:
    page = (await harborlane.client.get(f"/help/flags{AT}&language=es")).text
    own = [link for link in re.findall(r'href="(/[^"#]*)', page) if not link.startswith("/static")]
    assert own
    assert all("language=es" in link for link in own)
    assert 'action="/contact?language=es"' in (await harborlane.client.get(f"/contact{AT}&language=es")).text


async def test_a_reporter_is_told_in_the_language_of_their_flag_for_good(
    harborlane: Harborlane, job: str
) -> None:
    """What was told stays as it was told, whoever asks for it later and how."""
    number = (await harborlane.flag(job, "rosa", language="es"))["number"]
    english = harborlane.as_person("rosa")
    notices = (await harborlane.client.get("/v1/my/notices", headers=english)).json()["items"]
    (told,) = [one["text"] for one in notices if one["flag"] == number]
    assert "reporte" in told
    assert "1 día (nuestro objetivo)" in told
