"""What is wrong between here and a service: the steps to it, tried one by one, with a verdict in words for each."""
