"""A page of ours written by hand with plain macros, to the same HTML: what `bench page` compares with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask, render_template

from tests.makers import Json

HERE = Path(__file__).parent


def plain_app(values: Json) -> Flask:
    """Return a bare app whose one page, at its top, is filled from a plain dict."""
    app = Flask("plain", template_folder=str(HERE))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/", "page", lambda: render_template("plain_page.html", v=values))
    return app


# ── Reading a page of ours into a plain dict ─────────────────────────────────────────────────────────────────────


def values_of(html: str) -> Json:
    """Return everything of a child's page that is not its markup."""
    page = BeautifulSoup(html, "lxml")

    def words(selector: str) -> str:
        return page.select_one(selector).text

    form = page.find("form", attrs={"data-warns": True})
    was = form.select_one("[data-part] > input")
    lamps, *clocks = page.select("aside .accord-lamps")
    return {
        "title": page.title.text,
        "person_id": page.select_one(".accord-header__person")["data-person"],
        "login": page.find(id="door-login")["value"],
        "child": form["action"].rpartition("/")[2],
        "person": words(".accord-header__person span"),
        "token": page.find("input", attrs={"name": "csrf_token"})["value"],
        "once": page.find("input", attrs={"name": "once"})["value"],
        "reference": page.select_one(".govuk-back-link")["href"].removeprefix("/records/"),
        "back": words(".govuk-back-link"),
        "caption": words(".govuk-caption-l"),
        "heading": words("h1"),
        "needed": words("#panel-title"),
        "saved": words(".accord-saved"),
        "example": next(page.find(id="quick-hint").stripped_strings).removeprefix("For example, ").rstrip("."),
        "about": page.select_one(".accord-columns__form > p").text,
        "clock_line": words(".accord-clock-line"),
        "action": form["action"],
        "counter": form["data-counter"],
        "was": was["value"],
        "version": was["data-version"],
        "sections": [{"title": one.h2.text, **_folded(one)} for one in form.select("section")],
        "next": form.select_one('.accord-save [value="next"]').text,
        "ways": [
            {"href": one["href"], "rel": one["rel"][0], "words": (one.bdi or one).text}
            for one in page.select(".accord-steps a")
        ],
        "lamps": [(one.text, one.find_next("a").text, one.find_next("a")["href"]) for one in lamps.find_all("dt")],
        "clocks": [(one.dt.text, one.dt.bdi is not None, list(one.dd.stripped_strings)) for one in clocks],
        "levels": [
            {
                "title": one.text,
                "key": one.find_next("ul")["class"][-1].removeprefix("accord-needs--"),
                "needs": [_need(need) for need in one.find_next("ul").find_all("li", recursive=False)],
            }
            for one in page.select(".accord-panel__level")
        ],
        "nonce": page.script["nonce"],
    }


def _need(one: Any) -> Json:
    return {
        "here": one.get("class") is not None,
        "href": one.a["href"],
        "says": one.a.text,
        "where": one.span.text,
        "rule": one.summary.text.removeprefix("Why").strip(" ()"),
        "links": [(link.text, link["href"]) for link in one.details.find_all("a")],
        "source": one.details.p.text,
        "pass": one.form is not None,
    }


def _folded(holder: Any) -> Json:
    fields = holder.find(class_="accord-fields")
    more = fields.find_next_sibling("details", class_="accord-more")
    return {
        "open": _fields(fields),
        "rest": _fields(more.find(class_="accord-fields")) if more else [],
        "more": more.summary.text if more else "",
    }


def _fields(holder: Any) -> list[Json]:
    return [_field(one) for one in holder.find_all(class_="govuk-form-group", recursive=False)]


def _field(one: Any) -> Json:
    control = one["class"][-1].removeprefix("accord-group--")
    hint, why, opened = one.find(class_="govuk-hint"), one.find(class_="accord-why"), one.find_previous_sibling()
    is_opened = opened is not None and opened.name == "p"
    found: Json = {
        "control": control,
        "id": one["data-field"],
        "label": one.find(["legend", "label"]).text,
        "opened": next(opened.stripped_strings) if is_opened else "",
        "opened_by": opened.cite.text.strip("()") if is_opened else "",
    }
    if control == "rows":
        new = one.find(class_="accord-inner--new")
        held = [row for row in one.find_all(class_="accord-inner") if row is not new]
        found["held"] = [{"id": row.find("button")["name"].removesuffix(".gone"), **_folded(row)} for row in held]
        found["spare"] = _folded(new)
        return found | {"hint": "", "why": "", "source": ""}
    found |= {"hint": hint.text if hint else "", "why": "", "source": ""}
    if why is not None:
        source = why.cite.extract().text if why.cite else ""
        found |= {"why": why.p.text.strip(), "source": source}
    if control in ("text", "short"):
        return found | {"value": one.input["value"]}
    if control == "area":
        return found | {"value": one.textarea.text.removeprefix("\n"), "rows": one.textarea["rows"]}
    if control == "select":
        chosen = one.find("option", selected=True)
        options = [(option["value"], option.text) for option in one.find_all("option")[1:]]
        return found | {"value": chosen["value"] if chosen else "", "options": options}
    boxes = one.select(".govuk-radios > div input" if control == "radios" else ".accord-boxes input")
    options = [(box["value"], box.find_next("label").text) for box in boxes if box["value"]]
    chosen = [box["value"] for box in boxes if box.get("checked") is not None]
    if control == "radios":
        return found | {"options": options, "value": chosen[0] if chosen else ""}
    others = [box["value"] for box in one.select(".accord-more--options input")]
    none = one.find(class_="accord-none")
    return found | {
        "options": [option for option in options if option[0] not in others],
        "others": [option for option in options if option[0] in others],
        "value": chosen,
        "shown": one.find("input", attrs={"name": found["id"] + ".shown"})["value"],
        "none": none.label.text if none else "",
    }


# ── The same HTML ────────────────────────────────────────────────────────────────────────────────────────────────


def elements(html: str, within: str = "html") -> list[tuple[str, Json, str]]:
    """Return every element of a page, or of one place in it, with its attributes and words: what a browser makes of it.

    Blanks are set aside, and what differs from one answer to the next.
    """
    found = []
    for one in BeautifulSoup(html, "lxml").select_one(within).find_all(True):
        attributes = {name: value for name, value in one.attrs.items() if name != "nonce"}
        if one.get("name", "").startswith(("was:", "csrf_token")):
            del attributes["value"]
        words = "".join(one.find_all(string=True, recursive=False))
        found.append((one.name, attributes, re.sub(r"\s+", " ", words).strip()))
    return found


def is_as_ours(theirs: str, ours: str) -> bool:
    """Whether the plain page holds the very fields of ours, and around them as much as ours, or nearly."""
    fields = "form[data-warns] > [data-part]"
    is_as_large = len(elements(theirs)) >= 0.97 * len(elements(ours)) and len(theirs) >= 0.97 * len(ours)
    return elements(theirs, fields) == elements(ours, fields) and is_as_large


def fields_of(html: str) -> list[str]:
    """Return the names of the fields that a page asks for."""
    return [one["data-field"] for one in BeautifulSoup(html, "lxml").select("form[data-warns] [data-field]")]
