"""How a message is dressed and undressed: SOAP, CAISOWSHeader, WS-Security, attachments."""
