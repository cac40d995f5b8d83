"""How hosts are reached and who may vouch for them, for a person."""
