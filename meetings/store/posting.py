"""What was posted from a page, and what it was answered: so that a page that is sent twice is worked on once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from meetings.store.database import Database
from meetings.store.tables import AREA, posted

KEPT_FOR = timedelta(hours=24)
"""How long an answer is kept for whoever sends the same page again."""
GIVEN_UP_AFTER = timedelta(seconds=60)
"""After this long without an answer whoever worked on it is gone: it may be taken up again."""


@dataclass(frozen=True)
class Answered:
    """What a posted page was answered: the status, the headers that say where to go or what came, and the content."""

    status: int
    headers: dict[str, str]
    content: bytes


class Posting(Database):
    """Posted pages, each under a hash of what was sent, by whom and where to."""

    def receive_once(self, sha256: str, at: datetime) -> bool:
        """Note that a posted page is worked on; return whether nobody else does or did. Exact under parallel tries."""
        try:
            with self.writing() as connection:
                connection.execute(
                    sa.delete(posted).where(
                        posted.c.area_id == AREA,
                        sa.or_(
                            posted.c.at < at - KEPT_FOR,
                            sa.and_(posted.c.status.is_(None), posted.c.at < at - GIVEN_UP_AFTER),
                        ),
                    )
                )
                connection.execute(sa.insert(posted).values(area_id=AREA, sha256=sha256, at=at))
        except sa.exc.IntegrityError:
            return False
        return True

    def keep_answer(self, sha256: str, answered: Answered) -> None:
        """Keep what a posted page was answered."""
        values = {"status": answered.status, "headers": answered.headers, "content": answered.content}
        with self.writing() as connection:
            connection.execute(
                sa.update(posted).where(posted.c.area_id == AREA, posted.c.sha256 == sha256).values(**values)
            )

    def forget_posted(self, sha256: str) -> None:
        """Note that nothing came of a posted page: sent again, it is worked on again."""
        with self.writing() as connection:
            connection.execute(
                sa.delete(posted).where(posted.c.area_id == AREA, posted.c.sha256 == sha256, posted.c.status.is_(None))
            )

    def answer_kept(self, sha256: str) -> tuple[bool, Answered | None]:
        """Return whether a posted page is known here, and what it was answered, if it was."""
        with self.reading() as connection:
            row = connection.execute(
                sa.select(posted.c.status, posted.c.headers, posted.c.content).where(
                    posted.c.area_id == AREA, posted.c.sha256 == sha256
                )
            ).first()
        if row is None or row.status is None:
            return row is not None, None
        return True, Answered(row.status, row.headers, row.content)
