"""A stand-in for Flagstaff that speaks its contract to a browser, and a host page that carries the button.

The shapes are those that the doors of `api` answer with. Two servers on two ports, so that every request crosses an
origin as it does in life.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from flagstaff.language.tongues import tongue_of
from flagstaff.menus.dialog import dialog_words

KINDS = ("job_post", "private_message")  # both with the one menu of the stand-in
FLAG_JS = Path(__file__).parents[2] / "src/flagstaff/api/static/flag.js"


def option(key: str, label: str, help_: str, **more: Any) -> dict[str, Any]:
    """Return one line of a menu."""
    rule = {"title": label, "url": f"/guidelines#{key}"}
    common = {"details": "optional", "prompts": [], "rule": rule, "after": ["hide_item", "mute_user"]}
    usual = {"allowed": [], "severe": False, "copied": True, "hints": 0, "resources": []}
    return {"key": f"job_post.{key}", "label": label, "help": help_} | common | usual | more


MENU: dict[str, Any] = {
    "platform": "harborlane",
    "version": 3,
    "kind": "job_post",
    "language": "en",
    "fallback": False,
    "button": "Flag as inappropriate",
    "community_button": None,
    "top": [
        option(
            "off_platform_payment",
            "Person is requesting payment outside of Harborlane",
            "Asks to pay or be paid elsewhere, or to skip fees.",
            details="prompted",
            prompts=["where_asked", "which_method"],
        ),
        option(
            "free_work",
            "Client is asking for free work",
            "Wants a test, sample or mock-up made for this job without a contract.",
            details="prompted",
            prompts=["what_is_asked", "made_for_this_job"],
        ),
        option("illegal_or_unethical", "Job post is Illegal or Unethical", "Unlawful tasks, fake reviews."),
        option(
            "freelancer_ad", "This is a Freelancer ad not a job", "Someone offers services instead of a job."
        ),
        option("unclear_incomplete", "Job post is unclear or incomplete", "Key facts are missing."),
    ],
    "more": [
        option("upfront_fee", "Asks for a fee or deposit", "Training or equipment you must pay for."),
        option("account_rental", "Wants to rent or buy an account", "Asks for your login or identity."),
        option("ip_claim", "It uses my protected work", "For owners of the right.", details="required"),
        option(
            "threats",
            "It threatens somebody",
            "Violence, or a wish for it.",
            severe=True,
            resources=[
                {
                    "key": "emergency",
                    "text": "If someone is in danger now, call your local emergency number.",
                },
                {"key": "harassment", "name": "Victim Support", "url": "https://help.example"},
            ],
        ),
        option("child_safety", "It endangers a child", "Tell us where it is.", severe=True, copied=False),
    ],
    "preference": [
        option("low_pay", "The pay is too low for me", "Not a violation; we show you fewer like it.")
    ],
    "last": option(
        "something_else", "It's something else", "Tell us what, where and when.", details="required", hints=3
    ),
    "details": {"min": 10, "max": 4000},
    "tips": {
        "be_specific": "Say what, where and when. One exact sentence helps more than a long story.",
        "when_in_doubt": "Not sure? Flag it. An honest mistake costs you nothing.",
        "confidential": "We never tell the author who flagged. Where few people could have, we say so before you send.",
    },
    "prompts": {
        "where_asked": {
            "ask": "Where did they ask?",
            "answer": "pick",
            "pick": ["in the text", "in a message"],
        },
        "which_method": {
            "ask": "Which way of paying?",
            "answer": "pick",
            "pick": ["bank transfer", "crypto"],
        },
        "what_is_asked": {"ask": "What should be made without pay?", "answer": "text", "pick": []},
        "made_for_this_job": {"ask": "Would it be made new for this job?", "answer": "yes_no", "pick": []},
    },
    "texts": dialog_words(tongue_of("en")),
    "spoken": "en",
    "links": {"help": "/help/flags?platform=harborlane"},
}
HINT: dict[str, Any] = {
    "key": "job_post.free_work",
    "label": "Client is asking for free work",
    "help": "Wants a test, sample or mock-up made for this job without a contract.",
    "why": ["nobody gets paid", "sample"],
}

RECEIPT: dict[str, Any] = {
    "number": "F-8K2M-Q4TZ-9HWN",
    "status": "received",
    "status_text": "We have your flag.",
    "text": "Thank you. We have your flag F-8K2M-Q4TZ-9HWN.",
    "received": True,
    "expected": {"text": "1 day (our target)", "hours": 24, "target": True},
    "next": [
        {"key": "hide_item", "text": "Hide this for me"},
        {"key": "mute_user", "text": "Mute this person; they will not notice"},
        {"key": "block_user", "text": "Block this person both ways; they may notice, and guess"},
    ],
    "advice": {"key": "samples_ok", "text": "You may show past work."},
    "resources": [],
    "withdraw_url": "/v1/my/flags/F-8K2M-Q4TZ-9HWN",
}


def problem(
    slug: str, status: int, title: str, detail: str, mend: str, **facts: Any
) -> tuple[int, dict[str, Any]]:
    """Return a status and a problem document."""
    said = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "where": "",
        "mend": mend,
    }
    return status, said | facts


EXPIRED = problem(
    "expired-token", 401, "This person token has run out", "this person token has run out", "fetch a new one"
)


def signed(claims: dict[str, Any]) -> str:
    """Return claims as a host would sign them, without a signature that anybody here would check."""
    return f"h.{base64.urlsafe_b64encode(json.dumps(claims, separators=(',', ':')).encode()).decode().rstrip('=')}.s"


class StandIn:
    """What the two servers share: what was asked, and what is to be answered next."""

    def __init__(self) -> None:
        """Begin with a menu, a receipt and nobody asking."""
        self.flags: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.bearers: list[str] = []
        self.withdrawn: list[str] = []
        self.tokens = 0
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.menu: dict[str, Any] = MENU
        self.menus_asked: list[str] = []
        self.hints: list[dict[str, Any]] = []
        self.hints_asked: list[dict[str, Any]] = []
        self.house = ""
        self.page = ""
        self.signed_in = True
        self.page_lang = 'lang="en"'
        self.ticket: dict[str, Any] = {"id": "job-1"}
        self.attributes = ""
        self.offers = "hide_item mute_user"
        self.around = ("", "")
        self.host_files: dict[str, str] = {}
        self.person = ""

    def next_answer(self, otherwise: tuple[int, dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """Return what a test laid ready, else the usual answer."""
        return self.answers.pop(0) if self.answers else otherwise

    def token(self) -> str:
        """Return the next person token; a test that says who is here gets one that names them."""
        return signed({"sub": self.person, "n": self.tokens}) if self.person else f"token-{self.tokens}"

    def host_page(self) -> str:
        """Return a host's page with one button; nothing in it is inline, its style is the host's own affair."""
        before, after = self.around
        return f"""<!doctype html><html {self.page_lang}><head><meta charset="utf-8"><title>A job</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/host.css"><script src="/host.js" defer></script>
<script src="{self.house}/static/flag.js" defer></script></head><body><main><h1>Poster for our open day</h1>{before}
<flagstaff-flag src="{self.house}" platform="harborlane" kind="job_post" ticket="{signed(self.ticket)}"
 token-url="/token" quote="Poster for our open day" offers="{self.offers}" {self.attributes}>
<form method="post" action="/flag"><input type="hidden" name="id" value="job-1"><button>Flag</button></form>
</flagstaff-flag>{after}<p>The job itself.</p></main></body></html>"""


class _Quiet(BaseHTTPRequestHandler):
    stand_in: StandIn

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, body: object, kind: str = "application/json", **headers: str) -> None:
        raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(raw)


class _House(_Quiet):
    def open(self, status: int, body: object, kind: str = "application/json") -> None:
        allowed = {
            "Access_Control_Allow_Origin": self.stand_in.page,
            "Access_Control_Allow_Headers": "authorization, content-type, idempotency-key",
            "Access_Control_Allow_Methods": "GET, POST, DELETE",
        }
        self.answer(status, body, kind, **allowed)

    def do_OPTIONS(self) -> None:
        self.open(204, "")

    def do_GET(self) -> None:
        if self.path == "/static/flag.js":
            self.answer(200, FLAG_JS.read_text(), "text/javascript")
        elif self.path.startswith(tuple(f"/v1/menus/{kind}?platform=harborlane" for kind in KINDS)):
            self.stand_in.menus_asked.append(self.path)
            self.open(200, self.stand_in.menu)
        elif self.path.startswith("/v1/my/flags"):
            self.open(200, {"items": []})
        else:
            self.open(404, {"title": "Not here"})

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/v1/hints":
            self.stand_in.hints_asked.append(said)
            self.open(200, {"version": 3, "hints": self.stand_in.hints})
            return
        self.stand_in.flags.append(said)
        self.stand_in.keys.append(self.headers["Idempotency-Key"])
        self.stand_in.bearers.append(self.headers["Authorization"])
        status, body = self.stand_in.next_answer((202, RECEIPT))
        self.open(status, body, "application/problem+json" if status >= 400 else "application/json")

    def do_DELETE(self) -> None:
        self.stand_in.withdrawn.append(self.path)
        self.open(200, {"status": "withdrawn"})


class _Host(_Quiet):
    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(200, f"<!doctype html><title>Flag</title><p>plain form: {said}</p>", "text/html")

    def do_GET(self) -> None:
        if self.path == "/token":
            self.stand_in.tokens += 1
            known = self.stand_in.signed_in
            self.answer(200 if known else 401, {"token": self.stand_in.token()} if known else {})
        elif self.path in ("/host.css", "/host.js"):
            kind = "text/css" if self.path.endswith("css") else "text/javascript"
            self.answer(200, self.stand_in.host_files.get(self.path, ""), kind)
        elif self.path.startswith("/page"):
            house = self.stand_in.house
            policy = (
                f"default-src 'none'; script-src 'self' {house}; connect-src 'self' {house}; style-src 'self'"
            )
            self.answer(200, self.stand_in.host_page(), "text/html", Content_Security_Policy=policy)
        else:
            self.answer(404, "", "text/plain")


@contextmanager
def standing_in() -> Iterator[StandIn]:
    """Run both servers for the length of one test."""
    stand_in = StandIn()
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (handler,), {"stand_in": stand_in}))
        for handler in (_House, _Host)
    ]
    stand_in.house, stand_in.page = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,)) for server in servers]
    for thread in threads:
        thread.start()
    try:
        yield stand_in
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()
