"""Whether a stack answers as its systems say that it must."""
