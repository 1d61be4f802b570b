"""The words of the flag dialog that no policy changes, each under the name by which the dialog asks for it.

They go out with every menu (`texts`) in the reader's language, so that the dialog itself carries hardly any. `{…}` is
filled in by the dialog, and by hosts for their form without script.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flagstaff.language.marking import marked, marked_count
from flagstaff.language.tongues import Tongue

DIALOG_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # -- the frame
        "close": marked("Close"),
        "cancel": marked("Cancel"),
        "try_again": marked("Try again"),
        "plain_form": marked("Use the plain form instead"),
        "new_window": marked("(opens in a new tab)"),
        "fallback": marked("These options are not written in your language yet."),
        # -- choosing
        "legend": marked("What is wrong with it?"),
        "first": marked("Say what happened, and we look for the option"),
        "first_note": marked("You may also choose below. Without a choice this goes to “{label}”."),
        "more": marked("More options"),
        "preference": marked("Not against the rules, just not for me"),
        "rule": marked("See the rule"),
        "allowed": marked("Allowed here if this fits: {rule}"),
        "tips": marked("Tips for a good flag"),
        "link_help": marked("How flags work"),
        "link_suggest": marked("Suggest an option that is missing"),
        "link_contact": marked("Something else on your mind? Write to us"),
        # -- what is flagged
        "covered": marked("Covered, because of what you chose."),
        "uncover": marked("Show it"),
        "not_copied": marked(
            "We keep only where it stands, no copy of it. Please do not save it or send it to anybody."
        ),
        "risk": marked("Few people can see this. We never say who flagged, but its author may guess."),
        # -- saying more
        "details_required": marked("What happened? Say what, where and when."),
        "details_optional": marked("Anything to add? (optional)"),
        "details_or_prompt": marked("Tell us more, here or by answering a question above."),
        "count": marked("{count} of {max}"),
        "yes": marked("Yes"),
        "no": marked("No"),
        "unanswered": marked("No answer"),
        # -- messages beside it
        "neighbours": marked("Add messages beside it? (optional)"),
        "shared": marked("Shared word for word, with the flagged one:"),
        # -- options proposed while typing
        "hints_note": marked(
            "While you write, we look for an option that fits. Nothing is kept before you send."
        ),
        "hints": marked("Does one of these fit better?"),
        "hint_why": marked("Because of: {why}"),
        "hints_found": marked("Options that may fit: {n}. They stand below your text."),
        "hint_taken": marked("You changed to “{label}”. Your words are kept."),
        "hint_back": marked("Back to “{label}”"),
        # -- what is still wrong
        "choose": marked("Choose what is wrong with it, then send."),
        "say_something": marked("Please answer a question or write a few words."),
        "offline": marked("The connection failed. Nothing was sent."),
        "offline_mend": marked("Your words are kept here. Please send again."),
        "signed_out": marked("You seem to be signed out."),
        "signed_out_mend": marked("Sign in in another tab, then send again. Your words are kept."),
        "refused": marked("That could not be sent."),
        "menu_changed": marked("The options have changed meanwhile."),
        "menu_changed_mend": marked("Please look again, then send. Your words are kept."),
        # -- sending and after
        "send": marked("Send flag"),
        "send_preference": marked("Tell us"),
        "sending": marked("Sending …"),
        "thanks": marked("Thank you"),
        "number": marked("Your flag"),
        "expected": marked("Expected"),
        "next": marked("What you can do now"),
        "advice": marked("Good to know"),
        "help_now": marked("Where to find help now"),
        "done": marked("Done"),
        # -- the form without script, where each step is a page
        "step_next": marked("Next"),
        "step_back": marked("Back"),
        "step_hints": marked("Which options fit?"),
        "no_hints": marked("No other option seems to fit."),
        "withdraw": marked("Take this flag back"),
        "withdrawn": marked("You took this flag back. It no longer counts."),
    }
)

DIALOG_COUNTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "at_least": marked_count("At least {min} character.", "At least {min} characters."),
        "missing": marked_count("{n} more character needed.", "{n} more characters needed."),
        "left": marked_count("{n} character left.", "{n} characters left."),
        "over": marked_count("{n} character too many.", "{n} characters too many."),
        "neighbours_note": marked_count(
            "Only what you tick is shared, with those who look at your flag. At most {n} message.",
            "Only what you tick is shared, with those who look at your flag. At most {n} messages.",
        ),
        "too_short": marked_count(
            "Please say more: at least {min} character. What, where, when?",
            "Please say more: at least {min} characters. What, where, when?",
        ),
        "too_long": marked_count(
            "That is too long: at most {max} character.", "That is too long: at most {max} characters."
        ),
    }
)
"""Words with a number, which only the dialog knows."""


def dialog_words(tongue: Tongue) -> dict[str, str]:
    """Return the words in a language; what is counted also has its other forms, such as `left.one` and `left.few`.

    The name alone stands for CLDR's form `other`, so that a host which does not choose forms still says something.
    """
    words = {name: tongue.gettext(message) for name, message in DIALOG_WORDS.items()}
    for name, (one, many) in DIALOG_COUNTS.items():
        forms = tongue.counted(one, many)
        words[name] = forms.pop("other")
        words |= {f"{name}.{form}": text for form, text in forms.items() if text != words[name]}
    return words
