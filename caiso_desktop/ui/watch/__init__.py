"""What is looked at again, on the screen: what follows a submit, watches, dispatch as it comes."""
