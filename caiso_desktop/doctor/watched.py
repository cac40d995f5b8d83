"""An identity that is looked at while TLS uses it."""

from dataclasses import dataclass

from caiso_desktop.model.identity import (
    Certificate,
    Hash,
    Identity,
    IdentityRef,
    KeyFacts,
    KeyFile,
    Padding,
    Signer,
)


@dataclass
class Watched:
    """An identity that notes whether its key was used; its own signer meanwhile.

    ``used`` is None where a copy of the key was given to TLS, whose use cannot be seen.
    """

    identity: Identity
    used: bool | None = False

    @property
    def ref(self) -> IdentityRef:
        """How settings name it."""
        return self.identity.ref

    @property
    def certificate(self) -> Certificate:
        """The public half."""
        return self.identity.certificate

    @property
    def signer(self) -> Signer:
        """Itself, so that its use is seen."""
        return self

    @property
    def key_facts(self) -> KeyFacts:
        """Where the private half lives."""
        return self.identity.key_facts

    def key_file(self) -> KeyFile | None:
        """A copy of a software key, where TLS needs one."""
        self.used = None
        return self.identity.key_file()

    def sign(self, digest: bytes, hash: Hash, padding: Padding) -> bytes:
        """The identity's own signature."""
        self.used = True
        return self.identity.signer.sign(digest, hash, padding)

    def supports(self, hash: Hash, padding: Padding) -> bool:
        """Whether the key's store can sign so."""
        return self.identity.signer.supports(hash, padding)
