"""What OpenSSL reads of ours and we of it: the tables of openssl/core.h, callbacks, and parameters."""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from ctypes import addressof, c_char_p, c_int, c_size_t, c_void_p
from typing import Any

PROPERTIES = b"provider=caiso"
RSA_NAMES = b"RSA:rsaEncryption:1.2.840.113549.1.1.1"

# The types of an OSSL_PARAM, in openssl/core.h of OpenSSL 3
INTEGER, UNSIGNED, UTF8, UTF8_POINTER = 1, 2, 4, 6


class Parameter(ctypes.Structure):
    """OSSL_PARAM."""

    _fields_ = (("key", c_char_p), ("type", ctypes.c_uint), ("data", c_void_p), ("size", c_size_t), ("ret", c_size_t))

    @property
    def number(self) -> int:
        """The value of one that is an integer."""
        return int.from_bytes(ctypes.string_at(self.data, self.size), sys.byteorder)

    @property
    def text(self) -> str:
        """The value of one that is a text."""
        at = c_void_p.from_address(self.data).value if self.type == UTF8_POINTER else self.data
        return ctypes.string_at(at or 0).decode()


def each_parameter(at: int | None) -> Iterator[Parameter]:
    """The parameters of an array at an address, up to the one without a name."""
    while at:
        parameter = Parameter.from_address(at)
        if not parameter.key:
            return
        yield parameter
        at += ctypes.sizeof(Parameter)


class Function(ctypes.Structure):
    """OSSL_DISPATCH."""

    _fields_ = (("id", c_int), ("function", c_void_p))


class Algorithm(ctypes.Structure):
    """OSSL_ALGORITHM."""

    _fields_ = (("names", c_char_p), ("properties", c_char_p), ("functions", c_void_p), ("description", c_char_p))


class Tables:
    """Makes tables and callbacks, told by their addresses, and keeps them for OpenSSL for as long as it is kept."""

    def __init__(self) -> None:
        self._alive: list[Any] = []

    def callback(self, kind: Any, failure: int | None, function: Callable[..., int | None]) -> int:
        """A function for OpenSSL; whatever it raises is ``failure`` to OpenSSL, and goes no further."""

        def guarded(*arguments: Any) -> int | None:
            with suppress(BaseException):
                return function(*arguments)
            return failure

        thunk = kind(guarded)
        self._alive.append(thunk)
        return ctypes.cast(thunk, c_void_p).value or 0

    def functions(self, functions: dict[int, int]) -> int:
        """Functions by the numbers that openssl/core_dispatch.h gives them."""
        return self._keep((Function * (len(functions) + 1))(*(Function(*each) for each in functions.items())))

    def algorithm(self, functions: dict[int, int]) -> int:
        """What is done with an RSA key, as the only algorithm of its kind."""
        only = Algorithm(RSA_NAMES, PROPERTIES, self.functions(functions), b"a key that only signs")
        return self._keep((Algorithm * 2)(only))

    def descriptors(self, *parameters: tuple[bytes, int, int]) -> int:
        """The parameters that something takes: name, type, size."""
        return self._keep(
            (Parameter * (len(parameters) + 1))(*(Parameter(k, t, None, size) for k, t, size in parameters))
        )

    def _keep(self, table: ctypes.Array[Any]) -> int:
        self._alive.append(table)
        return addressof(table)
