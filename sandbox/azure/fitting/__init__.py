"""How things that exist must fit together, service by service."""
