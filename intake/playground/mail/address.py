"""Which addresses exist here: invented ones only, so that nothing can leave the machine."""

RESERVED = frozenset({"test", "example", "invalid", "localhost"})  # RFC 2606


def canonical(address: str) -> str:
    """The mailbox of an address: lower case, without a +tag (which VERP uses as well)."""
    local, _, domain = address.strip().strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def invented(address: str) -> bool:
    """Whether the domain is one that nobody can own: example.org and the like, *.test, *.example."""
    local, _, domain = address.strip().lower().rpartition("@")
    labels = domain.rstrip(".").split(".")
    return bool(local) and (labels[-1] in RESERVED or labels[-2:-1] == ["example"])
