"""Which devices are a person's own, and which keys they share: a graph of signed statements.

Each statement is signed by its author and names those that the author had seen last, so the graph
has an order of its own and nothing rests on the one in which a server delivers it. The rules, each
with its reason, stand in ``docs/decisions/0022-signed-device-graph.md``.
"""
