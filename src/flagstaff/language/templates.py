"""Let templates speak: `_`, `ngettext`, `pgettext` and `{% trans %}` say things in the language of the page."""

from typing import Any, Final

from jinja2 import Environment

from flagstaff.language.tongues import spoken

EXTENSIONS: Final = ("jinja2.ext.i18n",)
"""What an environment is made with so that `speak_in` can teach it; extraction reads templates with the same."""


def speak_in(environment: Environment) -> Environment:
    """Teach an environment the messages; values are escaped like all others, and spaces of the layout are trimmed."""
    environment.policies["ext.i18n.trimmed"] = True
    i18n: Any = environment
    i18n.install_gettext_callables(
        lambda message: spoken().gettext(message),
        lambda one, many, n: spoken().form(one, many, n),
        newstyle=True,
        pgettext=lambda context, message: spoken().pgettext(context, message),
    )
    environment.globals["tongue"] = spoken
    return environment
