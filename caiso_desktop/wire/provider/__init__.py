"""TLS client authentication with a key that can only sign: a small OpenSSL 3 provider over ctypes.

CPython's `ssl` wants a private key as a file. Keys of the Windows store, of cards and tokens never become one, so this
room gives the very OpenSSL that `ssl` uses a provider, "caiso", that knows one kind of RSA key: a handle that stands
for a `Signer`. An ordinary `ssl.SSLContext` then authenticates with it. OpenSSL asks the provider for signatures of
what it has hashed, for the key's public half (which is the certificate's), and for nothing else.

Written from provider-keymgmt(7), provider-signature(7), OSSL_PARAM(3) and OSSL_PROVIDER(3).

Why not the package ``sslcontext`` (2.1.1), which does the same: both were tried against the same servers with a
software signer, on TLS 1.2 and 1.3, and both work; a key on a SoftHSM2 token was tried with this code. The package
brings keystores, certificate selection and a command line that this program has of its own (6,500 lines, of which
about 1,300 would be used), is marked alpha, has one author, was written anew a month before this was decided, and pins
truststore below 0.11, on which our own trust depends. It cannot be told that a wait for a signature was cancelled,
which `patience` is for. This is the part that is needed, can be read in one sitting, and fails in words where it does
not fit.

Where OpenSSL is linked into Python itself (some redistributed builds for Linux and macOS), it cannot be reached:
`presentation.present` then raises `openssl.Unreachable`.
"""
