"""Supernova: one server behind one public host, with tokens of its own, a database and Redis."""

from infra.systems.entry import Entry
from infra.systems.supernova.options import SupernovaOptions as SupernovaOptions
from infra.systems.supernova.spec import mistakes as mistakes
from infra.systems.supernova.spec import supernova as supernova

ENTRY = Entry(SupernovaOptions, supernova, mistakes)
