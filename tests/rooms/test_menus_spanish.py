"""What people write in Spanish finds its option: forty sentences written for this test, none of them a cue."""

from typing import Final

import pytest

from flagstaff.menus.hints import index_of, propose
from tests.houses import default_policy

POLICY = default_policy()
VERSION = POLICY.menu_versions[-1]
RULES = {clause.key: clause.title for clause in POLICY.guidelines.clauses}
INDEXES = {menu.subject: index_of(VERSION, menu, RULES) for menu in VERSION.menus}
TOLD: Final = (
    (
        "job_post",
        "free_work",
        "Exige que le mandemos tres bocetos terminados y que después verá si nos da algo",
    ),
    ("job_post", "free_work", "me hizo traducir dos páginas como examen y luego no contestó ni me pagó nada"),
    ("job_post", "free_work", "dice q la primera nota es sin costo para ver si le convence mi estilo"),
    ("private_message", "free_work", "Ahora quiere otra ronda de correcciones y no piensa pagarla"),
    ("proposal", "free_work", "Asegura que me hace el primer mes gratis si lo elijo"),
    (
        "job_post",
        "illegal_or_unethical",
        "necesita que alguien rinda el parcial de estadística en lugar de su hija",
    ),
    (
        "job_post",
        "illegal_or_unethical",
        "Compran opiniones de cinco estrellas para un hotel que nadie visitó",
    ),
    ("job_post", "illegal_or_unethical", "busca quien se meta en el celular de la ex esposa"),
    ("private_message", "illegal_or_unethical", "Me propuso recibir plata en mi cuenta y pasársela a otro"),
    (
        "job_post",
        "freelancer_ad",
        "El que publica es un diseñador contando lo que hace y cuánto cobra, no hay puesto",
    ),
    ("job_post", "freelancer_ad", "una chica pone su hoja de vida para que la contraten"),
    ("job_post", "freelancer_ad", "Agencia de marketing haciendo publicidad de sus paquetes"),
    ("job_post", "unclear_incomplete", "solo puso 'necesito ayuda urgente' y ya, ni idea de para qué"),
    ("job_post", "unclear_incomplete", "La descripcion se corta en medio de una frase"),
    ("job_post", "unclear_incomplete", "El titulo pide un logo y el texto habla de traducir un libro"),
    ("job_post", "low_pay", "por 4 dolares quiere una tienda en linea completa, es una burla"),
    ("job_post", "low_pay", "el presupuesto no llega ni al salario minimo de mi pais"),
    ("job_post", "off_platform_payment", "Propone que me deposita por mercado pago y así no hay comisión"),
    ("private_message", "off_platform_payment", "que cerremos aquí y seguimos por fuera con transferencia"),
    ("profile", "off_platform_payment", "en su descripción acepta bitcoin para no pagarle a la página"),
    ("job_post", "contact_before_contract", "para postular hay que escribirle al wasap que dejó ahí"),
    (
        "private_message",
        "contact_before_contract",
        "Insiste en que baje telegram, que por acá no le gusta hablar",
    ),
    (
        "private_message",
        "upfront_fee",
        "primero tengo que comprarle el curso, según él me lo devuelven con el sueldo",
    ),
    ("job_post", "upfront_fee", "Cobran una inscripción de 30 soles antes de darte la primera tarea"),
    ("private_message", "upfront_fee", "me mandó un cheque por más y pide que le regrese la diferencia"),
    ("job_post", "account_rental", "ofrece una mensualidad si le dejo entrar con mi usuario y contraseña"),
    (
        "profile",
        "account_rental",
        "La foto es de una persona pero en la llamada sale otra, creo que la cuenta es prestada",
    ),
    ("private_message", "account_rental", "quiere una foto de mi cedula por los dos lados y una selfie"),
    ("private_message", "feedback_coercion", "O le regreso el dinero o me pone una estrella, así me lo dijo"),
    (
        "review",
        "feedback_coercion",
        "Me escribió que quita esta opinión si le hago otro diseño: puro chantaje",
    ),
    ("job_post", "discriminatory_requirement", "Pide señoritas solteras menores de 25 y con buena presencia"),
    (
        "job_post",
        "duplicate_or_miscategorised",
        "llevo una semana viendo el mismo aviso, lo sube cada mañana",
    ),
    (
        "private_message",
        "threatening_or_abusive",
        "cuando rechacé su oferta me dijo inútil y muerta de hambre",
    ),
    ("private_message", "sexual_harassment", "me dice preciosa y pregunta qué ropa traigo puesta"),
    (
        "private_message",
        "suspicious_link_or_spam",
        "El link abre una página igualita a la de acceso y pide mi clave",
    ),
    ("profile", "fake_or_stolen_profile", "se robó las ilustraciones de mi portafolio y hasta el texto"),
    ("profile", "impersonation", "Alguien se está haciendo pasar por nuestra empresa con el logo y todo"),
    ("review", "fake_review", "Jamás trabajamos juntos, la escribió un competidor"),
    ("community_post", "disrespect", "Se burló de mi forma de escribir delante de todos, qué maleducado"),
    ("community_post", "self_harm_concern", "lo que escribe suena a que ya no quiere seguir viviendo"),
)


def place_of(kind: str, reason: str, text: str) -> int:
    """Return where the option stands among those proposed, from 1; 0: it is not among them."""
    found = [hint.option.reason for hint in propose(INDEXES[kind], text)]
    return found.index(reason) + 1 if reason in found else 0


def test_what_people_write_in_spanish_finds_its_option_among_three() -> None:
    places = {text: place_of(kind, reason, text) for kind, reason, text in TOLD}
    missed = [text for text, place in places.items() if place == 0]
    assert len(TOLD) == 40
    assert len(missed) <= len(TOLD) * 0.2, missed


@pytest.mark.parametrize("text", ["hola", "gracias", "no sé", "ok buenas tardes", "jajaja"])
def test_a_greeting_proposes_nothing(text: str) -> None:
    assert propose(INDEXES["job_post"], text) == ()


def test_every_reason_that_has_english_cues_has_spanish_ones() -> None:
    assert set(VERSION.cues["es"]) >= set(VERSION.cues["en"])
