"""What leaves for one copy: Word file, actions and record, sealed once the text is frozen. A draft is never sealed.

What left of a final copy is kept, and leaves again as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Protocol

from exports.actions import actions_json, record_json
from exports.copies import Copy
from exports.extracts import child_json, children_of
from exports.jws import detached_jws
from exports.keys import NoSeal, Seal, Signer, pem_of, sealing_time
from exports.paper import moment_of
from exports.papers import word_file
from exports.seal_docx import comment_of, seal
from exports.seal_list import Says, sealed_digest
from exports.timestamp import time_stamp
from exports.verify import CERTIFICATES_BESIDE
from exports.verify_evidence import SUFFIX
from exports.verify_trust import fingerprint_of, name_of
from meetings.audience import CopyRefused, check_extracts_for, file_name
from meetings.documents import DocumentKind, kind_of
from meetings.store import Made, OwnCertificate, Sealing

__all__ = ["FindSeal", "Issue", "NoSeal"]

FindSeal = Callable[[], Seal]
"""Returns what this installation seals with; asked only when there is something to seal. Raises NoSeal."""


RECORD_JWS = "record.json.jws"
NO_COPY = "The whole record is no copy for a reader: it is taken by itself, by whoever has the right to all of it."


class Keeps(Protocol):
    """Where the files of a copy are kept as they were first given out."""

    def kept(self, name: str, make: Callable[[], Made]) -> bytes:
        """Return a file as it is kept; make and keep it if it is not there yet."""

    def evidence(self, name: str) -> bytes:
        """Return the time stamps that were added beside a file; nothing if there are none."""


@dataclass(frozen=True)
class Issue:
    """One copy on its way out. Everything is made when it is first asked for, and once."""

    copy: Copy
    find_seal: FindSeal
    shelf: Callable[[str], Keeps] | None = None
    """Returns where the files of what is drawn from something are kept; without it nothing is."""
    is_whole_record: bool = False
    """Whether this is the whole record on its way to somebody with the right to it, and no copy for a reader."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)  # a default of a field
    """The clock by which a certificate is good for sealing; no file bears its time."""

    @cached_property
    def paper(self) -> bytes:
        """The Word file, proved complete and, if final, sealed. Raises CopyRefused, PaperIncomplete, NoSeal."""
        return self._kept(f"{self.kind.stem}.docx", lambda: self._sealed(self.copy))

    @cached_property
    def actions(self) -> bytes:
        """The actions file, which names this Word file. Raises as `paper` does."""
        digest = hashlib.sha256(self.paper).hexdigest()
        name = file_name(self.copy.document, self.copy.reader, "docx")
        return self._kept("actions.json", lambda: Made(actions_json(self.copy, digest, name)))

    @cached_property
    def record(self) -> bytes:
        """The whole record as data. Raises CopyRefused for a copy: no audience has it."""
        if not self.is_whole_record:
            raise CopyRefused(NO_COPY)
        return self._kept("record.json", lambda: Made(record_json(self.copy)))

    def signature_over(self, name: str, content: bytes) -> bytes:
        """Return the detached signature over a data file of this copy. Raises CopyRefused for a draft; NoSeal."""
        if self.copy.is_draft:
            raise CopyRefused("A draft is never sealed: finalise the record first.")
        self._certificate_for(name)
        return self._kept(f"{name}.jws", lambda: self._signature(content))

    def _signature(self, content: bytes) -> Made:
        signer = self._ready().organisation
        made = detached_jws(content, signer, sealing_time(moment_of(self.copy), [signer]))
        return Made(made, Sealing(hashlib.sha256(content).hexdigest(), (_own(signer),)))

    def _ready(self) -> Seal:
        """Return what is sealed with, once all of it is good for sealing now. Raises NoSeal."""
        found = self.find_seal()
        found.check(self.now())
        return found

    def _certificate_for(self, name: str) -> bytes:
        """Return the certificate, with its issuers, of the key that signed a data file: kept beside its signature."""
        return self._kept(f"{name}.jws.pem", lambda: Made(pem_of(self.find_seal().organisation)))

    def _kept(self, name: str, make: Callable[[], Made]) -> bytes:
        """Return a file as it left before, if it did. A draft is drawn anew each time."""
        if self.copy.is_draft or self.shelf is None:
            return make().content
        return self._shelf(self.shelf).kept(name, make)

    def _shelf(self, shelf: Callable[[str], Keeps]) -> Keeps:
        # What a demonstration key sealed never stands for what another key seals.
        held = f"{self.copy.drawn_from} {'demonstration' if self.find_seal().is_demonstration else 'sealed'}"
        return shelf(hashlib.sha256(held.encode()).hexdigest())

    def _evidence(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the time stamps that were added beside files of this copy, by the name they leave under."""
        if self.copy.is_draft or self.shelf is None:
            return {}
        shelf = self._shelf(self.shelf)
        return {f"{name}{SUFFIX}": found for name in names if (found := shelf.evidence(name))}

    def files(self, *, children: bool = False) -> dict[str, bytes]:
        """Return every file of this copy by name; if asked, with an extract for each child. Raises as the parts do.

        The whole record is its own file with its signature, and nothing else.
        """
        if self.is_whole_record:
            signature = {} if self.copy.is_draft else {RECORD_JWS: self.signature_over("record.json", self.record)}
            return {"record.json": self.record, **signature}
        if children:
            self.check_extracts()
        files = {f"{self.kind.stem}.docx": self.paper, "actions.json": self.actions}
        for child in children_of(self.copy) if children else ():
            files[f"child-{child}.docx"] = self.extract(child)
            files[f"child-{child}.json"] = self.child_data(child)
        if not self.copy.is_draft:
            signed = [name for name in files if name.endswith(".json")]
            files |= {f"{name}.jws": self.signature_over(name, files[name]) for name in signed}
            files[CERTIFICATES_BESIDE] = b"".join(dict.fromkeys(self._certificate_for(name) for name in signed))
        return files | self._evidence(files)

    @property
    def kind(self) -> DocumentKind:
        """Which kind of document it is."""
        return kind_of(self.copy.whole)

    def check_extracts(self) -> None:
        """Raise CopyRefused, in words that name no child, unless extracts are made of this copy."""
        check_extracts_for(self.copy.reader)

    def extract(self, child: str) -> bytes:
        """Return one child's part of the minutes, sealed as they are. Raises CopyRefused."""
        return self._kept(f"child-{child}.docx", lambda: self._sealed(replace(self.copy, child=child)))

    def child_data(self, child: str) -> bytes:
        """Return one child's part as data, with the values that the census wants. Raises CopyRefused."""
        return self._kept(f"child-{child}.json", lambda: Made(child_json(self.copy, child)))

    def _sealed(self, copy: Copy) -> Made:
        drawn = word_file(copy)
        if copy.is_draft:
            return Made(drawn)
        found = self._ready()
        says = Says(
            paper=self.kind.paper,
            ref=copy.document.get("ref", ""),
            version=copy.document["version"],
            content_sha256=copy.content_sha256,
            audience=str(copy.reader.audience),
        )
        return sealed_word_file(drawn, found, found.signers(copy.approving), says, moment_of(copy))


def sealed_word_file(drawn: bytes, found: Seal, signers: Sequence[Signer], says: Says, moment: datetime) -> Made:
    """Return a Word file sealed by those signers, stamped if that is set, with what the register keeps of its seals.

    `moment` is when its text became what it is. Raises NoTimeStamp.
    """
    stamp = partial(time_stamp, found.tsa_url) if found.tsa_url else None
    at = sealing_time(moment, signers)
    comment = comment_of(says.paper, says.ref, says.version, says.content_sha256)
    sealed = seal(drawn, signers, at=at, comment=comment, says=says, stamp=stamp, revocation=found.revocation)
    return Made(sealed, Sealing(sealed_digest(sealed), tuple(map(_own, signers))))


def _own(signer: Signer) -> OwnCertificate:
    certificate = signer.certificate
    return OwnCertificate(fingerprint_of(certificate), name_of(certificate), signer.role)
