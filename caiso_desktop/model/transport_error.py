"""What may go wrong between here and a host: the part of the error tree below `CallError` that is about the way.

TransportError             the call could not be made, or broke off
├── NameNotFound
├── Unreachable            refused, no route
├── TimedOut
├── ServerNotTrusted       unknown authority, wrong host, expired server certificate
├── ClientCertificateMissing | ClientCertificateExpired | ClientCertificateRefused
├── TlsFailed              the handshake failed for another reason
├── ProxyError             the company's proxy, or what names it, is in the way
│   └── RouteUnknown | ProxyUnreachable | ProxyRefused | ProxyLogOn | ProxyNotSupported
├── CutOff                 the connection ended in the middle; what arrived is kept
└── ProtocolBroken         the peer does not speak HTTP
"""

from caiso_desktop.model.error import CallError, Side


class TransportError(CallError):
    """The call could not be made, or broke off.

    ``fate`` is `Fate.NOT_SENT` when no byte of the request can have been acted on, else `Fate.UNKNOWN`.
    """

    title = "The call could not be made"


class NameNotFound(TransportError):
    """The host's name has no address."""

    title = "Host not found"
    side = Side.BETWEEN
    advice = "Check the network connection, a VPN and the address. Hosts of the ECN exist on that network only."


class Unreachable(TransportError):
    """Nobody answers at the address: refused, or no route."""

    title = "Host not reachable"
    side = Side.BETWEEN
    advice = "The service may be down, or a firewall is in the way. The catalogue lists the addresses to open."


class TimedOut(TransportError):
    """A time limit passed."""

    title = "No answer in time"
    advice = "Try again later, or ask for less at once."


class ServerNotTrusted(TransportError):
    """The server's certificate does not prove that it is the host we meant."""

    title = "Server not trusted"
    side = Side.BETWEEN
    advice = (
        "Nothing was sent. If CAISO's own authority signed it, add that authority to the environment; "
        "if a company proxy inspects traffic, ask the network's administrators."
    )


class ClientCertificateMissing(TransportError):
    """The server wants a client certificate, and none was shown."""

    title = "A certificate is required"
    side = Side.YOURS
    advice = "Choose the certificate that CAISO issued to you for this environment."


class ClientCertificateExpired(TransportError):
    """The server says that our certificate has expired."""

    title = "Your certificate has expired"
    side = Side.YOURS
    advice = "Ask your company's user access administrator for its renewal."


class ClientCertificateRefused(TransportError):
    """The server does not accept our certificate."""

    title = "Your certificate was refused"
    side = Side.YOURS
    advice = (
        "It is not one that this environment knows, or it has been revoked. Choose the one that CAISO issued for it."
    )


class TlsFailed(TransportError):
    """The secure connection could not be made for another reason."""

    title = "No secure connection"
    side = Side.BETWEEN
    advice = "The host may not speak TLS 1.2 or later, or something between here and there changes the traffic."


class ProxyError(TransportError):
    """The proxy between here and the host is in the way; nothing was sent to the host."""

    title = "The proxy is in the way"
    advice = "Look at the settings under Network, or ask the network's administrators."


class RouteUnknown(ProxyError):
    """What should say which way a host takes cannot be read, or fails."""

    title = "The way to the host is not known"


class ProxyUnreachable(ProxyError):
    """Nobody answers at the proxy's address, or no proxy."""

    title = "Proxy not reachable"
    advice = "Check the network connection, a VPN, and the proxy under Network."


class ProxyRefused(ProxyError):
    """The proxy answered that it does not, or cannot, connect to the host."""

    title = "The proxy did not connect"


class ProxyLogOn(ProxyError):
    """The proxy wants to know who one is, and does not take what it was told."""

    title = "The proxy wants a log-on"


class ProxyNotSupported(ProxyError):
    """The way leads through something that this program cannot use."""

    title = "This kind of proxy is not supported"
    advice = "Ask the network's administrators for an HTTP proxy that takes Basic or, on Windows, Negotiate."


class CutOff(TransportError):
    """The connection ended in the middle of the answer (or before it, after the request had left)."""

    title = "Connection cut off"
    side = Side.BETWEEN
    advice = "What had arrived is kept. A retrieve can be repeated; look first what became of a submit."


class ProtocolBroken(TransportError):
    """The peer does not speak HTTP as it should."""

    title = "Not an HTTP answer"
    side = Side.BETWEEN
    advice = "Check the address: another program may be listening there."
