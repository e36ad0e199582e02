"""The nodes of the graph, a file for each."""
