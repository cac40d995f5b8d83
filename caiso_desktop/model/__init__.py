"""What we talk about: frozen dataclasses, ports as Protocols, and the error tree. Standard library only."""
