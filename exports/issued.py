"""What leaves for one copy: Word file, actions and record, sealed once the text is frozen. A draft is never sealed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial

from exports.actions import actions_json, record_json
from exports.copies import Copy
from exports.extracts import child_json, children_of
from exports.jws import detached_jws
from exports.keys import NoSeal, Seal, pem_of
from exports.paper import moment_of
from exports.papers import word_file
from exports.seal_docx import comment_of, seal
from exports.timestamp import time_stamp
from exports.verify import CERTIFICATES_BESIDE
from meetings.audience import CopyRefused, file_name
from meetings.documents import DocumentKind, kind_of
from meetings.vocabulary import Audience

__all__ = ["FindSeal", "Issue", "NoSeal"]

FindSeal = Callable[[], Seal]
"""Returns what this installation seals with; asked only when there is something to seal. Raises NoSeal."""


@dataclass(frozen=True)
class Issue:
    """One copy on its way out. Everything is made when it is first asked for, and once."""

    copy: Copy
    find_seal: FindSeal

    @cached_property
    def paper(self) -> bytes:
        """The Word file, proved complete and, if final, sealed. Raises CopyRefused, PaperIncomplete, NoSeal."""
        return self._sealed(self.copy)

    @cached_property
    def actions(self) -> bytes:
        """The actions file, which names this Word file. Raises as `paper` does."""
        digest = hashlib.sha256(self.paper).hexdigest()
        return actions_json(self.copy, digest, file_name(self.copy.document, self.copy.reader, "docx"))

    @cached_property
    def record(self) -> bytes:
        """The record itself. Raises CopyRefused for any copy but the full one."""
        if not self.is_full:
            raise CopyRefused("The record itself is only for the full copy.")
        return record_json(self.copy)

    @property
    def is_full(self) -> bool:
        """Whether this is the full copy, made for nobody in particular."""
        return self.copy.reader.audience is Audience.FULL and self.copy.reader.person is None

    def signature_over(self, content: bytes) -> bytes:
        """Return the detached signature over a file of this copy. Raises CopyRefused for a draft; NoSeal."""
        if self.copy.is_draft:
            raise CopyRefused("A draft is never sealed: finalise the record first.")
        return detached_jws(content, self.find_seal().organisation)

    def files(self, *, children: bool = False) -> dict[str, bytes]:
        """Return every file of this copy by name; if asked, with an extract for each child. Raises as the parts do."""
        files = {f"{self.kind.stem}.docx": self.paper, "actions.json": self.actions}
        if self.is_full:
            files["record.json"] = self.record
        if not self.copy.is_draft:
            files |= {f"{name}.jws": self.signature_over(files[name]) for name in files if name.endswith(".json")}
            files[CERTIFICATES_BESIDE] = pem_of(self.find_seal().organisation)
        for child in children_of(self.copy) if children else ():
            files[f"child-{child}.docx"] = self.extract(child)
            files[f"child-{child}.json"] = child_json(self.copy, child)
        return files

    @property
    def kind(self) -> DocumentKind:
        """Which kind of document it is."""
        return kind_of(self.copy.whole)

    def extract(self, child: str) -> bytes:
        """Return one child's part of the minutes, sealed as they are."""
        return self._sealed(replace(self.copy, child=child))

    def _sealed(self, copy: Copy) -> bytes:
        drawn = word_file(copy)
        if copy.is_draft:
            return drawn
        found = self.find_seal()
        stamp = partial(time_stamp, found.tsa_url) if found.tsa_url else None
        document = copy.document
        comment = comment_of(self.kind.paper, document.get("ref", ""), document["version"], copy.content_sha256)
        return seal(drawn, found.signers, at=moment_of(copy), comment=comment, stamp=stamp)
