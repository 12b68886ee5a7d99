"""What may be changed of a child's custody, as data: shown before it is done, then done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from espace.families.rules.custody import ChildCustody, Custody, CustodyException


@dataclass(frozen=True, slots=True)
class NewArrangement:
    """Another arrangement from `start` on."""

    custody: Custody
    start: date

    def applied(self, current: ChildCustody) -> ChildCustody:
        return current.from_day(self.custody, self.start)


@dataclass(frozen=True, slots=True)
class NewException:
    """Some days at one home, whatever the arrangement says."""

    exception: CustodyException

    @property
    def start(self) -> date:
        return self.exception.start

    def applied(self, current: ChildCustody) -> ChildCustody:
        return current.excepting(self.exception)


@dataclass(frozen=True, slots=True)
class EndException:
    """An exception is taken back; `start` is its first day."""

    exception_id: int
    start: date

    def applied(self, current: ChildCustody) -> ChildCustody:
        return current.without_exception(self.start)


CustodyChange = NewArrangement | NewException | EndException
