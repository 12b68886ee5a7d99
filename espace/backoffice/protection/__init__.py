"""Protection measures, for the agents who may know of them."""
