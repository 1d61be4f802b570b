"""The dialog in Spanish, with the options and words that the house really sends: whole, counted, nothing cut off."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from playwright.async_api import Browser, expect

from flagstaff.flows.read_policy import read_policy
from flagstaff.flows.show_menu import Filling, show_menu
from flagstaff.platforms.model import Host
from flagstaff.vocabulary.references import Platform
from tests.browser.ease import violations
from tests.browser.stand_in import StandIn

pytestmark = pytest.mark.browser
NARROW: Any = {"viewport": {"width": 320, "height": 640}, "locale": "es-ES"}


def spanish_menu() -> dict[str, Any]:
    """Return what GET /v1/menus/job_post?lang=es answers, from the policy as it is shipped."""
    policy = read_policy()
    version = policy.menu_versions[-1]
    host = Host(key=Platform("harborlane"), name="Harborlane", made_at=datetime(2026, 1, 1, tzinfo=UTC))
    filling = Filling(host, policy.guidelines, "es", "http://127.0.0.1")
    shown: dict[str, Any] = msgspec.to_builtins(show_menu(version, version.menu_by_kind["job_post"], filling))
    return shown


async def test_a_flag_goes_its_whole_way_in_spanish_on_a_narrow_screen(
    chromium: Browser, stand_in: StandIn
) -> None:
    stand_in.menu, stand_in.page_lang = spanish_menu(), 'lang="es"'
    context = await chromium.new_context(**NARROW)
    page = await context.new_page()
    await page.goto(f"{stand_in.page}/page")
    await page.get_by_role("button", name="Flag as inappropriate").click()  # before any menu came
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_have_attribute("lang", "es")
    await expect(dialog.get_by_role("heading", name="Reportar como inapropiado")).to_be_visible()
    assert await violations(page) == []
    await dialog.get_by_label("Es otra cosa").check()
    box = dialog.get_by_label("¿Qué pasó? Di qué, dónde y cuándo.")
    for text, said in (("12345678", "Faltan 2 caracteres."), ("123456789", "Falta 1 carácter.")):
        await box.fill(text)
        await expect(dialog.locator("#status")).to_have_text(said)
    await dialog.get_by_role("button", name="Enviar reporte").click()
    await expect(dialog.locator("#details-error")).to_contain_text("al menos 10 caracteres")
    assert await dialog.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert await dialog.locator(".body").evaluate("(box) => box.scrollWidth <= box.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await violations(page) == []
    await box.fill("Piden tres muestras terminadas y nadie cobra.")
    await dialog.get_by_role("button", name="Enviar reporte").click()
    await expect(dialog.get_by_role("heading", name="Gracias")).to_be_visible()
    (sent,) = stand_in.flags
    assert (sent["language"], sent["menu_version"]) == ("es", stand_in.menu["version"])
    await context.close()
