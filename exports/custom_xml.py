"""Data that lies in a Word file as a custom XML part: how such a part is named, typed and described."""

from __future__ import annotations

import uuid

RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
PROPERTIES_RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXmlProps"
CONTENT_TYPE = "application/xml"
PROPERTIES_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"

ACTIONS_PART = "customXml/item1.xml"
"""Where the actions file lies in a Word file."""
LIST_PART = "customXml/item2.xml"
"""Where the list of who seals a Word file lies in it."""

_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"


def properties_of(part: str) -> str:
    """Return the name of the part that describes a part of data.

    >>> properties_of("customXml/item2.xml")
    'customXml/itemProps2.xml'
    """
    return part.replace("/item", "/itemProps")


def described(schema: str) -> bytes:
    """Return what describes a part of data of that schema; the same schema gives the same bytes."""
    item_id = f"{{{uuid.uuid5(uuid.NAMESPACE_URL, schema)}}}".upper()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ds:datastoreItem xmlns:ds="{_NAMESPACE}" ds:itemID="{item_id}">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{schema}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()
