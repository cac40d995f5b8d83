"""Who one is: client certificates, and one signer for TLS and WS-Security."""
