"""What a person sees and does about their own flags."""

from typing import Final

from litestar import Response, delete, get
from litestar.params import FromPath, FromQuery

from flagstaff.api.answers import AddedOption, MyFlag, MyFlags
from flagstaff.api.contract import MY_PROBLEMS, SECURED
from flagstaff.api.desk import Desk, desk_of, type_of_request
from flagstaff.api.problems import NoSuchPage
from flagstaff.api.readers import Reader, reader_known
from flagstaff.api.reading import headers_of
from flagstaff.api.receipts import expected_answer, status_words
from flagstaff.flows.show_my_flags import OwnFlag, show_my_flag, show_my_flags
from flagstaff.flows.withdraw_flag import Withdrawal, withdraw_flag
from flagstaff.guidelines.translating import guidelines_in
from flagstaff.kernel.ids import NumberKind, read_number
from flagstaff.language.marking import marked
from flagstaff.menus.helped import Helped
from flagstaff.menus.rules import label_in
from flagstaff.menus.translating import menus_in
from flagstaff.vocabulary.scopes import ApiScope

HELPED: Final = marked("Your flag helped add a new option: “{label}”.")
_NO_STORE = {"cache-control": "no-store"}


@get("/v1/my/flags", operation_id="list_my_flags", tags=["my"], security=SECURED, responses=MY_PROBLEMS)
async def list_my_flags(request: type_of_request, person: FromQuery[str] = "") -> Response[MyFlags]:
    """List one's own flags with their status; a server names the person by `?person=`."""
    desk = desk_of(request)
    who, _, wanted = await desk.gate.person(headers_of(request.scope), ApiScope.FLAGS_READ, person)
    reader = reader_known(desk.house.policy, who, wanted)
    found = await show_my_flags(desk.house, who)
    items = tuple(shown_flag(desk, reader, str(who.platform), one) for one in found)
    return Response(MyFlags(items=items), headers=_NO_STORE)


@get(
    "/v1/my/flags/{number:str}",
    operation_id="show_my_flag",
    tags=["my"],
    security=SECURED,
    responses=MY_PROBLEMS,
)
async def show_one(
    request: type_of_request, number: FromPath[str], person: FromQuery[str] = ""
) -> Response[MyFlag]:
    """Show one of one's own flags."""
    desk = desk_of(request)
    who, _, wanted = await desk.gate.person(headers_of(request.scope), ApiScope.FLAGS_READ, person)
    one = await show_my_flag(desk.house, who, flag_number(number))
    reader = reader_known(desk.house.policy, who, wanted)
    return Response(shown_flag(desk, reader, str(who.platform), one), headers=_NO_STORE)


@delete(
    "/v1/my/flags/{number:str}",
    status_code=204,
    operation_id="withdraw_flag",
    tags=["my"],
    security=SECURED,
    responses=MY_PROBLEMS,
)
async def withdraw(request: type_of_request, number: FromPath[str], person: FromQuery[str] = "") -> None:
    """Take one of one's own flags back; doing it twice is the same as once."""
    desk = desk_of(request)
    who, _, _ = await desk.gate.person(headers_of(request.scope), ApiScope.FLAGS_WRITE, person)
    await withdraw_flag(desk.house, Withdrawal(who, flag_number(number)))


def flag_number(text: str) -> str:
    """Return a flag's number as it is stored, however it was typed; raises NoSuchPage for what is none."""
    read = read_number(text)
    if read is None or read[0] is not NumberKind.FLAG:
        msg = "this is no number of a flag"
        raise NoSuchPage(msg, where="number", mend="see /v1/my/flags for your numbers")
    return read[1]


def shown_flag(desk: Desk, reader: Reader, platform: str, one: OwnFlag) -> MyFlag:
    """Return a flag as its own reporter reads it, in the published words of their platform."""
    written = desk.house.policy.guidelines(platform)
    guidelines = guidelines_in(written, reader.policy_language(written.languages))
    waits = next(entry.open for entry in guidelines.statuses if entry.key == one.status.value)
    return MyFlag(
        number=one.number,
        kind=one.kind,
        option=one.option,
        label=one.label,
        status=one.status.value,
        status_text=status_words(guidelines, one.status.value),
        open=waits,
        received_at=one.received_at,
        expected=expected_answer(one.expected, reader.tongue) if waits else None,
        withdraw_url=f"/v1/my/flags/{one.number}" if one.withdrawable else None,
        answer_by=one.answer_until,
        answer_url=f"/v1/my/flags/{one.number}/answer" if one.answer_until else None,
        helped=_added(desk, reader, platform, one.helped) if one.helped else None,
        legacy=one.legacy,
    )


def _added(desk: Desk, reader: Reader, platform: str, helped: Helped) -> AddedOption:
    version = desk.house.policy.menus_version(platform, helped.version)
    said = menus_in(version, reader.policy_language(version.languages)) if version else None
    option = said.option_by_key.get(helped.option) if said else None
    label = label_in(option.label if option else helped.label, desk.house.policy.host(platform).name)
    text = reader.tongue.gettext(HELPED, label=label)
    return AddedOption(option=helped.option, label=label, version=helped.version, text=text)
