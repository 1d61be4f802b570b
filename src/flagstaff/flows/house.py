"""What every story is handed: the database, the ids, the clocks, the policy, and the keys this process may hold."""

from dataclasses import dataclass, field
from datetime import datetime

from flagstaff.flows.pace import Pace
from flagstaff.flows.policy_book import PolicyBook
from flagstaff.kernel.clock import Clocks
from flagstaff.kernel.ids import Ids
from flagstaff.kernel.settings import Settings
from flagstaff.store.database import Database
from flagstaff.vault.sealing import Opener, Sealer, ServiceKey


@dataclass(frozen=True)
class House:
    """Carry what a process was given at its start; `opener` and `service` are None where it holds no such key."""

    database: Database
    ids: Ids
    clocks: Clocks
    sealer: Sealer
    policy: PolicyBook
    settings: Settings
    opener: Opener | None = None
    service: ServiceKey | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def now(self) -> datetime:
        """Return the business time: windows, deadlines, decay."""
        return self.clocks.business.now()
