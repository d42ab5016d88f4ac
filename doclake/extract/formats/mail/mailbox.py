"""mbox: many messages in one file."""

from __future__ import annotations

import re
from email import message_from_bytes
from pathlib import Path

from doclake.errors import DocumentEmpty, LimitExceeded
from doclake.extract.builder import Blocks
from doclake.extract.containers.member_names import safe_name
from doclake.extract.formats.mail.fields import field
from doclake.extract.model import Child, Extraction, Options

_SPLIT = re.compile(rb"(?:\A|\n\r?\n)From [^\n]*\d{4}[^\n]*\n")


class Mailbox:
    """Each message becomes a child, the list of subjects an element."""

    def extract(self, file: Path, options: Options) -> Extraction:
        data = file.read_bytes()
        starts = [match.end() for match in _SPLIT.finditer(data)]
        if len(starts) > options.limits.archive_entries:
            raise LimitExceeded(f"The mailbox has {len(starts)} messages.", limit="archive_entries")
        ends = [*[match.start() for match in _SPLIT.finditer(data)][1:], len(data)]
        children, subjects = [], []
        for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
            message = re.sub(rb"(?m)^>(>*From )", rb"\1", data[start:end])
            subject = field(message_from_bytes(message[: 1 << 16]), "Subject")
            subjects.append(subject or "(no subject)")
            children.append(Child(f"{number:05d} {safe_name(subject, 'message')}.eml", message))
        if not children:
            raise DocumentEmpty("The mailbox holds no message.")
        blocks = Blocks("email", options.limits)
        blocks.add("Metadata", "\n".join([f"Mailbox with {len(children)} messages", *subjects]))
        return Extraction(blocks.elements, children)
