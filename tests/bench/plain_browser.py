"""A browser without JavaScript: keeps cookies, reads the forms of a page and sends them as HTML's form submission says."""

import http.client
import re
import urllib.parse
from html.parser import HTMLParser

# What stands in a template is not part of the page.
TEMPLATE = re.compile(r"<template.*?</template>", re.DOTALL)


class Form:
    """A form and the fields that a browser would send, in order."""

    def __init__(self, action):
        self.action = action
        self.fields = []

    def fill(self, name, value):
        places = [place for place, (known, _) in enumerate(self.fields) if known == name]
        if not places:
            raise LookupError(f"{self.action} has no field {name}")
        self.fields[places[0]] = (name, value)


class Page(HTMLParser):
    """The forms, links and headings of a page."""

    def __init__(self, status, text):
        super().__init__()
        self.status, self.text = status, TEMPLATE.sub("", text)
        self.forms, self.next, self.links = [], None, []
        self._by_id = {}
        self._form = self._textarea = self._select = None
        self.feed(self.text)

    def form(self, action):
        for form in self.forms:
            if form.action == action:
                return form
        raise LookupError(f"no form to {action} on a page of status {self.status}")

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        if tag == "form":
            self._form = Form(known.get("action", ""))
            self.forms.append(self._form)
            self._by_id[known.get("id")] = self._form
        elif tag == "a":
            self.links.append(known.get("href", ""))
            if known.get("rel") == "next":
                self.next = known["href"]
        else:
            self._control(tag, known)

    def _control(self, tag, known):
        """Adds a control to the form it stands in or names by its `form` attribute."""
        owner = self._by_id.get(known["form"]) if "form" in known else self._form
        if tag == "option" and self._select:
            fields, name = self._select
            if "selected" in known or fields[-1][1] is None:
                fields[-1] = (name, known.get("value", ""))
        elif owner is None or not known.get("name"):
            return
        elif tag == "input" and ("checked" in known or known.get("type") not in ("checkbox", "radio")):
            owner.fields.append((known["name"], known.get("value", "")))
        elif tag == "textarea":
            self._textarea = (owner.fields, known["name"], [])
        elif tag == "select":
            self._select = (owner.fields, known["name"])
            owner.fields.append((known["name"], None))

    def handle_data(self, data):
        if self._textarea:
            self._textarea[2].append(data)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._textarea:
            fields, name, parts = self._textarea
            fields.append((name, "".join(parts).removeprefix("\n")))
            self._textarea = None


class Browser:
    """One visitor of one site."""

    def __init__(self, origin):
        self.origin = origin
        self._host = urllib.parse.urlsplit(origin).netloc
        self._connection = http.client.HTTPConnection(self._host)
        self._cookies = {}

    def open(self, path):
        return self._ask("GET", path)

    def send(self, form):
        """Submits a form and follows the 303; any other answer is the page itself. Line ends go out as CR LF."""
        fields = [(name, value.replace("\r\n", "\n").replace("\n", "\r\n")) for name, value in form.fields]
        headers = {"content-type": "application/x-www-form-urlencoded", "origin": self.origin, "sec-fetch-site": "same-origin"}
        return self._ask("POST", form.action, urllib.parse.urlencode(fields), headers)

    def _ask(self, method, path, body=None, headers=None):
        sent = {**(headers or {}), "cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        try:
            answer = self._answer(method, path, body, sent)
        except ConnectionError:
            # A kept connection may end of age. Sending again is safe: every form carries the id of its request.
            self._connection.close()
            answer = self._answer(method, path, body, sent)
        text = answer.read().decode()
        for pair in answer.headers.get_all("set-cookie") or []:
            name, _, value = pair.split(";")[0].partition("=")
            self._cookies[name] = value
        if answer.status == 303:
            return self._ask("GET", answer.headers["location"].split("#")[0].removeprefix(self.origin))
        return Page(answer.status, text)

    def _answer(self, method, path, body, headers):
        self._connection.request(method, path, body, headers)
        return self._connection.getresponse()
