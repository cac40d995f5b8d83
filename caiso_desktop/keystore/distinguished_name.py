"""A distinguished name as CAISO spells it, which its services compare letter by letter."""

from cryptography import x509
from cryptography.x509.oid import NameOID

# RFC 4514 would print the serial-number attribute as a dotted number; CAISO writes its name in full.
_CAISO_NAMES = {NameOID.SERIAL_NUMBER: "SerialNumber", NameOID.EMAIL_ADDRESS: "E"}


def spell(name: x509.Name) -> str:
    """Spell a name: most specific part first, no space after the commas, spaces inside a value kept.

    ``CN=Jane Doe x1234,OU=people,O=CAISO,C=US`` (protocol of the SOAP services, security).
    """
    return name.rfc4514_string(_CAISO_NAMES)
