"""A test client that looks at every page it is given: headings, titles, labels, ids, links of problems, escaping."""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from forms.demonstration import PASSWORD

FOCUSABLE = {"a", "button", "input", "select", "summary", "textarea"}


def fields_of(form: Any) -> dict[str, list[str]]:
    """Return what a browser would send of a form, without a button."""
    sent: dict[str, list[str]] = {}
    for one in form.find_all(["input", "select", "textarea"]):
        name = one.get("name")
        if not name or one.get("disabled") is not None:
            continue
        if one.name == "select":
            chosen = [option for option in one.find_all("option") if option.get("selected") is not None]
            values = [(chosen or one.find_all("option"))[0].get("value", "")]
        elif one.name == "textarea":
            values = [one.text.removeprefix("\n").replace("\n", "\r\n")]
        elif one.get("type") in ("checkbox", "radio"):
            values = [one.get("value", "on")] if one.get("checked") is not None else []
        else:
            values = [one.get("value", "")]
        if values:
            sent.setdefault(name, []).extend(values)
    return sent


class Page:
    """One answer, parsed."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.text = response.text
        self.soup = BeautifulSoup(self.text, "lxml")

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", self.soup.get_text(" "))

    def by_id(self, name: str) -> Any:
        return self.soup.find(id=name)

    def fields(self, form: Any = None) -> dict[str, list[str]]:
        """Return what a browser would send of a form, without a button."""
        return fields_of(form or self.form())

    def form(self) -> Any:
        """Return the form that a step is typed into."""
        return self.soup.find("form", attrs={"data-warns": True})


MAKE_NOTHING = ("/sign-in", "/sign-out", "/verify")
"""Where forms lead that make nothing, so that it does not matter if they are sent twice."""


def inspect(page: Page) -> None:
    """Fail on what a reader with a screen reader, or an attacker, would find."""
    soup, where = page.soup, page.response.request.path
    assert soup.html.get("lang") == "en-GB", where
    assert soup.title and soup.title.text.strip(), f"{where}: no title"
    assert len(soup.find_all("h1")) == 1, f"{where}: not one main heading"
    ids = [one["id"] for one in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted({one for one in ids if ids.count(one) > 1})[:5]}"
    labelled = {one.get("for") for one in soup.find_all("label")}
    for one in soup.find_all(["input", "select", "textarea"]):
        if one.get("type") in ("hidden", "submit"):
            continue
        assert one.get("id") in labelled or one.get("aria-label"), f"{where}: no label for {one.get('name')}"
    for one in soup.find_all(attrs={"aria-describedby": True}):
        for described in one["aria-describedby"].split():
            assert described in ids, f"{where}: describes nothing: {described}"
    for link in soup.select(".govuk-error-summary__list a"):
        target = link["href"]
        if target.startswith("#"):
            found = soup.find(id=target[1:])
            assert found is not None and (found.name in FOCUSABLE or found.get("tabindex")), f"{where}: {target}"
    if soup.select(".govuk-error-summary"):
        assert soup.title.text.startswith("Error:"), f"{where}: title does not say that there is an error"
    for button in soup.find_all("button"):
        assert button.text.strip() or button.get("aria-label"), f"{where}: a button without words"
    for form in soup.find_all("form"):
        if form.get("method", "get").lower() == "post":
            assert form.find("input", attrs={"name": "csrf_token"}), f"{where}: a form without its token"
            if not form.get("action", "").endswith(MAKE_NOTHING):
                assert form.find("input", attrs={"name": "once"}), f"{where}: a form without its mark"
    assert not soup.find_all("script", src=False), f"{where}: a script in the page"
    assert not soup.find_all(style=True), f"{where}: a style in the page"
    assert "alert('x')" not in str(soup.find_all("script")), f"{where}: text became a script"


class Browser:
    """Goes through pages as a person without JavaScript does; every page is inspected."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page | None = None

    def get(self, path: str) -> Page:
        return self._look(self.client.get(path, follow_redirects=True))

    def _look(self, response: Any) -> Page:
        page = Page(response)
        if response.mimetype == "text/html":
            inspect(page)
        assert page.status < 500, page.text[:2000]
        self.page = page
        return page

    def post(self, path: str, data: Any, *, follow: bool = True) -> Page:
        """Send a form; the token of the last page seen goes with it."""
        data = dict(data)
        token = self.page.soup.find("input", attrs={"name": "csrf_token"}) if self.page else None
        if token and "csrf_token" not in data:
            data["csrf_token"] = token["value"]
        return self._look(self.client.post(path, data=data, follow_redirects=follow))

    def sign_in(self, login: str) -> Page:
        self.get("/sign-in")
        return self.post("/sign-in", {"login": login, "password": PASSWORD})

    def type(self, path: str, changes: dict[str, Any], button: str = "save") -> Page:
        """Open a page, change some fields by the end of their name, and press a button."""
        page = self.get(path)
        sent = page.fields()
        for ending, value in changes.items():
            names = {one.get("name") for one in page.form().find_all(["input", "select", "textarea"])}
            found = [name for name in names if name and name.endswith(f":{ending}")]
            assert len(found) == 1, (ending, found)
            sent[found[0]] = value if isinstance(value, list) else [value]
        return self.post(page.response.request.path, {**sent, "do": button})
