"""How many examples Hypothesis tries: few at every run, thirty times as many with `--hypothesis-profile=thorough`."""

from hypothesis import settings

_TIMES_MORE = 30
_QUICK = 40


def register_profiles() -> None:
    """Register "quick" and "thorough"; neither holds an example to a time, for the machine may be busy."""
    settings.register_profile("quick", max_examples=_QUICK, deadline=None)
    settings.register_profile("thorough", max_examples=_QUICK * _TIMES_MORE, deadline=None)
    settings.load_profile("quick")


def examples(quick: int) -> int:
    """Return how many examples a test tries that is slower, or needs more, than others."""
    thorough = settings.get_current_profile_name() == "thorough"
    return quick * _TIMES_MORE if thorough else quick
