"""The web client's requests without a browser: what its views ask for, over HTTP and JSON-RPC."""

import time

import requests
from lxml import etree

#: Relations that the client shows with their names only.
NAMED = {"many2one": {"fields": {"display_name": {}}}}
#: How many lines of a relation the client loads.
LINES = 40


class Client:
    """One person who is logged in."""

    def __init__(self, url, database, login, password):
        self.url = url
        self.session = requests.Session()
        answer = self.post("/web/session/authenticate", db=database, login=login, password=password)
        self.context = answer["user_context"]
        self.uid = answer["uid"]

    def post(self, path, **params):
        """Return the result of a JSON-RPC request.

        :raises RuntimeError: with the server's words, when it refuses
        """
        answer = self.session.post(
            self.url + path, json={"jsonrpc": "2.0", "method": "call", "params": params}
        ).json()
        if "error" in answer:
            data = answer["error"]["data"]
            raise RuntimeError(f"{path}: {data['message']}\n{data['debug'][-1500:]}")
        return answer["result"]

    def call(self, model, method, *args, context=None, **kwargs):
        """Return what a method of a model gives."""
        return self.post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=args,
            kwargs={"context": self.context | (context or {}), **kwargs},
        )

    def specification(self, model, view, view_id=False):
        """Return the specification with which the client reads a view.

        :param str view: list, kanban or form
        :param view_id: an id, or False for the model's first view
        """
        views = self.call(model, "get_views", views=[[view_id, view]], options={})
        fields = {name: data["fields"] for name, data in views["models"].items()}
        return _specification(etree.fromstring(views["views"][view]["arch"]), model, fields)


def _specification(arch, model, fields):
    found, waiting = {}, list(arch)
    while waiting:
        node = waiting.pop()
        if node.tag != "field":
            waiting.extend(node)
        elif node.get("name") in fields[model]:
            found[node.get("name")] = _of_field(node, fields[model][node.get("name")], fields)
    return found


def _of_field(node, kind, fields):
    if kind["type"] in NAMED:
        return NAMED[kind["type"]]
    if kind["type"] in ("one2many", "many2many"):
        inner = next((child for child in node if child.tag in ("list", "kanban")), None)
        if inner is not None:
            return {"fields": _specification(inner, kind["relation"], fields), "limit": LINES}
        if "tags" in (node.get("widget") or "") or "avatar" in (node.get("widget") or ""):
            return {"fields": {"display_name": {}}}
    return {}


def timed(work, repeats):
    """Return the seconds of each of several calls, after one that warms up."""
    work()
    seconds = []
    for _again in range(repeats):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return seconds
