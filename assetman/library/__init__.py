"""The catalogue: what is true about a library, in one SQLite file.

Owns every word of SQL, the schema and its migrations, transactions, and the journal. May
import `core`, numpy and sqlite-utils. It is a room of its own so that nothing else has to know
how anything is stored: callers ask `Library` for values of the core and get `Changes` back.
"""
