"""The words of the flag dialog that no policy changes: English, each under the name by which the dialog asks for it.

They go out with every menu (`texts`), so that the dialog itself carries hardly any. `{…}` is filled in by the dialog.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DIALOG_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # -- the frame
        "close": "Close",
        "cancel": "Cancel",
        "try_again": "Try again",
        "plain_form": "Use the plain form instead",
        "new_window": "(opens in a new tab)",
        "fallback": "These options are not written in your language yet.",
        # -- choosing
        "legend": "What is wrong with it?",
        "more": "More options",
        "preference": "Not against the rules, just not for me",
        "rule": "See the rule",
        "allowed": "Allowed here if this fits: {rule}",
        "tips": "Tips for a good flag",
        "link_help": "How flags work",
        "link_suggest": "Suggest an option that is missing",
        "link_contact": "Something else on your mind? Write to us",
        # -- what is flagged
        "covered": "Covered, because of what you chose.",
        "uncover": "Show it",
        "not_copied": "We keep only where it stands, no copy of it. Please do not save it or send it to anybody.",
        "risk": "Few people can see this. We never say who flagged, but its author may guess.",
        # -- saying more
        "details_required": "What happened? Say what, where and when.",
        "details_optional": "Anything to add? (optional)",
        "details_or_prompt": "Tell us more, here or by answering a question above.",
        "at_least": "At least {min} characters.",
        "count": "{count} of {max}",
        "missing": "{n} more needed.",
        "left": "{n} characters left.",
        "over": "{n} too many.",
        "yes": "Yes",
        "no": "No",
        "unanswered": "No answer",
        # -- messages beside it
        "neighbours": "Add messages beside it? (optional)",
        "neighbours_note": "Only what you tick is shared, with those who look at your flag. At most {n}.",
        "shared": "Shared word for word, with the flagged one:",
        # -- options proposed while typing
        "hints_note": "While you write, we look for an option that fits. Nothing is kept before you send.",
        "hints": "Does one of these fit better?",
        "hint_why": "Because of: {why}",
        "hints_found": "Options that may fit: {n}. They stand below your text.",
        "hint_taken": "You changed to “{label}”. Your words are kept.",
        "hint_back": "Back to “{label}”",
        # -- what is still wrong
        "choose": "Choose what is wrong with it, then send.",
        "too_short": "Please say more: at least {min} characters. What, where, when?",
        "too_long": "That is too long: at most {max} characters.",
        "say_something": "Please answer a question or write a few words.",
        "offline": "The connection failed. Nothing was sent.",
        "offline_mend": "Your words are kept here. Please send again.",
        "signed_out": "You seem to be signed out.",
        "signed_out_mend": "Sign in in another tab, then send again. Your words are kept.",
        "refused": "That could not be sent.",
        "menu_changed": "The options have changed meanwhile.",
        "menu_changed_mend": "Please look again, then send. Your words are kept.",
        # -- sending and after
        "send": "Send flag",
        "send_preference": "Tell us",
        "sending": "Sending …",
        "thanks": "Thank you",
        "number": "Your flag",
        "expected": "Expected",
        "next": "What you can do now",
        "advice": "Good to know",
        "help_now": "Where to find help now",
        "done": "Done",
        "withdraw": "Take this flag back",
        "withdrawn": "You took this flag back. It no longer counts.",
    }
)
