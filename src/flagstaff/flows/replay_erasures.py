"""After a restore: erase again whoever was erased since that backup was made."""

from flagstaff.flows.erase_person import ErasureDone, carry_out
from flagstaff.flows.house import House
from flagstaff.store.roles import Role
from flagstaff.vault import erasing


async def replay_erasures(house: House, actor: str = "operator") -> ErasureDone:
    """Carry out every line of the erasure list beside the keys, and return what still had to go.

    Run it on a restored database before anything else may read it. Raises BrokenErasureList for lines that cannot
    be read, after all others were carried out.
    """
    done = ErasureDone()
    erasures, broken = erasing.read_erasures(house.settings.keys_folder)
    for erased in erasures:
        async with house.database.transaction(Role.ERASER) as connection:
            one = await carry_out(house, connection, erased, actor)
        done = ErasureDone(done.flags + one.flags, done.words + one.words, done.copies + one.copies)
    erasing.refuse_broken(house.settings.keys_folder, broken)
    return done
