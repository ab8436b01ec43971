"""Greets whom the query names, and counts in the database of its namespace how many were greeted."""

import db


def handle(req):
    name = req["query"].get("name", "World")
    count = db.increment("greetings")
    return {"status": 200, "body": f"Hello, {name}, from Python: greeting {count}"}
