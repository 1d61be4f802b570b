"""Read the fields of a form as what they are."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import FormMultiDict
from litestar.handlers.base import BaseRouteHandler

from flagstaff.console.session import Visit
from flagstaff.kernel.errors import Refusal

T = TypeVar("T")
_LONGEST = 20_000


class BadForm(Refusal):
    """A field of a form holds something that its page never offers."""

    slug = "bad-form"
    status = 422
    title = "This form was not filled in as expected"


class Form:
    """The fields somebody sent; a missing one is empty."""

    def __init__(self, fields: FormMultiDict) -> None:
        """Use `read_form`."""
        self._fields = fields

    def text(self, name: str) -> str:
        """Return one line or text, without blanks around it."""
        return self.secret(name).strip()

    def secret(self, name: str) -> str:
        """Return a text exactly as it was typed: a password may begin with a blank."""
        value = self._fields.get(name, "")
        if not isinstance(value, str) or len(value) > _LONGEST or unwritable(value):
            raise _bad(name)
        return value

    def many(self, name: str) -> tuple[str, ...]:
        """Return what was ticked."""
        values = tuple(str(value) for value in self._fields.getall(name, []))
        if any(unwritable(value) for value in values):
            raise _bad(name)
        return values

    def names(self, start: str) -> tuple[str, ...]:
        """Return the names of fields that begin so, each once, in the order of the page."""
        return tuple(dict.fromkeys(name for name in self._fields if name.startswith(start)))

    def words(self, name: str) -> tuple[str, ...]:
        """Return what was written with commas or line breaks between."""
        return tuple(part.strip() for part in self.text(name).replace(",", "\n").split("\n") if part.strip())

    def one(self, name: str, kind: Callable[[str], T]) -> T:
        """Return a field as an enum member, number or key; raises BadForm."""
        try:
            return kind(self.text(name))
        except (ValueError, KeyError):
            raise _bad(name) from None

    def each(self, name: str, kind: Callable[[str], T]) -> Iterable[T]:
        """Return what was ticked as enum members; raises BadForm."""
        try:
            return [kind(value) for value in self.many(name)]
        except (ValueError, KeyError):
            raise _bad(name) from None


def unwritable(text: str) -> bool:
    """Tell whether a text holds what no database and no page can: U+0000, or half of a surrogate pair."""
    return "\x00" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def refuse_unwritable(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guard every page: nothing in an address is what no text of ours can be."""
    texts = [connection.scope["path"], *(str(value) for _, value in connection.query_params.multi_items())]
    if any(unwritable(text) for text in texts):
        msg = "the address holds a character that no text of ours can hold"
        raise BadForm(msg, mend="follow a link of the page instead of typing it")


async def fields_of(request: Request[Any, Any, Any]) -> FormMultiDict:
    """Return what was sent; raises BadForm where it is not the UTF-8 that our pages ask for."""
    try:
        return await request.form()
    except ValueError:
        msg = "the form cannot be read"
        raise BadForm(msg, mend="load the page again and fill it in anew") from None


async def read_form(request: Visit) -> Form:
    """Return the fields of the request's form; raises BadForm."""
    return Form(await fields_of(request))


class NotRepeated(Refusal):
    """The two passwords differ."""

    slug = "not-repeated"
    status = 422
    title = "The two passwords differ"


def check_repeated(form: Form) -> None:
    """Refuse a new password that was typed in two ways."""
    if form.secret("password") != form.secret("again"):
        msg = "the two passwords are not the same"
        raise NotRepeated(msg, where="again", mend="type both again")


def _bad(name: str) -> BadForm:
    msg = f"the field {name!r} holds something that cannot be"
    return BadForm(msg, where=name, mend="load the page again and fill it in anew")
