"""Play New: an assistant for organisations; a host process that starts one agent Job for each message."""

from infra.systems.entry import Entry
from infra.systems.play_new.options import PlayNewOptions as PlayNewOptions
from infra.systems.play_new.spec import play_new as play_new

ENTRY = Entry(PlayNewOptions, play_new)
