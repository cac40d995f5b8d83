"""WHAT IS LOOKED AT AGAIN: what comes after a submit, a retrieve until there is something new, dispatch as it comes."""
